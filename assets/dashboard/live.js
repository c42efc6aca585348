// Puts what has changed in the place of what stood there. The server has escaped every text.
const connection = document.getElementById('connection');
const clock = (at) => new Date(at).toISOString().slice(11, 19) + ' UTC';
let last = Date.now();

function tell(kind, text) {
  document.documentElement.dataset.connection = kind;
  if (connection.textContent !== text) connection.textContent = text;
}

function replace([id, html]) {
  const old = document.getElementById(id);
  if (old === null) return;
  const template = document.createElement('template');
  template.innerHTML = html;
  old.replaceWith(template.content);
}

// The master tells each second; a path that was cut, or a master that is held, says nothing of it.
let heard = Date.now();
setInterval(() => {
  if (Date.now() - heard > 5000)
    tell('lost', `nothing comes; what stands here is of ${clock(last)}`);
}, 1000);

const source = new EventSource('/events');
source.addEventListener('pieces', ({ data }) => {
  const { at, pieces } = JSON.parse(data);
  last = at;
  heard = Date.now();
  pieces.forEach(replace);
  tell('live', 'live');
});
source.addEventListener('failed', ({ data }) => {
  const { why } = JSON.parse(data);
  heard = Date.now();
  tell('lost', `the master cannot tell (${why}); what stands here is of ${clock(last)}`);
});
source.addEventListener('error', () => {
  const again = source.readyState === EventSource.CLOSED ? 'load this page again' : 'trying again';
  tell('lost', `not connected, ${again}; what stands here is of ${clock(last)}`);
});
