/** What `import --template` prints: files to begin with, explained, that can be imported as they are. */
export const templates = {
  csv: `# Figures of one system. Lines that begin with # are left out.
# metric, value, unit and trial are needed; job, percentile, phase, observer, guest and iteration where
# they apply; every other column is a factor, and its cells are levels (here: storage and guests).
# Values are decimal numbers from 0. Every number here is made up.
metric,value,unit,trial,job,percentile,storage,guests
guest-io.throughput,61.7,MB/s,0,randread,,local,1
guest-io.latency,1.4,ms,0,randread,99,local,1
guest-io.throughput,60.2,MB/s,1,randread,,local,1
guest-io.latency,1.5,ms,1,randread,99,local,1
creation.total,41.5,s,0,,,local,1
creation.total,40.9,s,1,,,local,1
`,
  provenance: `# Who measured what is imported, on what and when. All but notes are needed; shown as they stand here.
system: VMware ESX Server
version: "3.0.1"
hardware: 2 x Xeon 5160, 8 GB, local SAS disks
measuredBy: N. N., University of Somewhere
# A year, a month or a day, in quotes.
measuredAt: "2008-05"
# An address or a publication.
source: https://example.org/esx-results
# notes: Guests were given one virtual CPU and 512 MB.
`,
} as const;
