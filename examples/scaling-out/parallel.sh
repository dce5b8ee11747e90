#!/bin/bash
# A study in shards on one machine with several GPUs, by GNU parallel: ./parallel.sh depths.yaml 2
#
# {%} is the number of the slot that a job runs in, from 1: each shard has a GPU to itself. The same call after an
# interruption goes on from what is stored.
set -euo pipefail
config=$1
shards=$2
parallel --jobs "$shards" --tag --line-buffer --halt soon,fail=1 \
  'CUDA_VISIBLE_DEVICES=$(({%} - 1)) nir sweep' "$config" --shard "{}/$shards" ::: $(seq "$shards")
study=${config%.*}
nir merge "$study" "$study".shard-*-of-"$shards"
