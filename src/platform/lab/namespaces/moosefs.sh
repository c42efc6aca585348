#!/bin/bash
# MooseFS in a lab, run inside a host: `master`, `chunks MASTER ADDRESS` or `mount MASTER`. Chunks lie
# in a directory of the host's local storage.
set -e
case $1 in
  master)
    mkdir -p /etc/mfs /var/lib/mfs /var/run/mfs
    rm -rf /var/lib/mfs/*
    printf 'MFSM NEW' > /var/lib/mfs/metadata.mfs
    echo '* / rw,alldirs,maproot=0' > /etc/mfs/mfsexports.cfg
    : > /etc/mfs/mfstopology.cfg
    printf 'WORKING_USER = root\nWORKING_GROUP = root\nDATA_PATH = /var/lib/mfs\n' > /etc/mfs/mfsmaster.cfg
    mfsmaster start
    ;;
  chunks)
    mkdir -p /etc/mfs /var/lib/mfs /var/run/mfs /srv/local/.chunks
    echo /srv/local/.chunks > /etc/mfs/mfshdd.cfg
    printf 'WORKING_USER = root\nWORKING_GROUP = root\nMASTER_HOST = %s\nBIND_HOST = %s\nHDD_LEAVE_SPACE_DEFAULT = 64MiB\n' \
      "$2" "$3" > /etc/mfs/mfschunkserver.cfg
    mfschunkserver start
    ;;
  mount)
    mkdir -p /mnt/shared
    mfsmount /mnt/shared -H "$2"
    # One copy of each chunk, as on a striped file system without replicas.
    mfssetgoal 1 /mnt/shared
    ;;
esac
