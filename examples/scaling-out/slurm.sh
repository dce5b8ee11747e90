#!/bin/bash
# A study in four shards as a Slurm array, each with a GPU:
#
#   sbatch --wait slurm.sh depths.yaml && nir merge depths depths.shard-*-of-4
#
# Those that failed or ran out of time, again: sbatch --array=2,3 slurm.sh depths.yaml. They go on from what is stored.
#
# The 4 stands in two places: here, and in the last line.
#SBATCH --array=1-4
#SBATCH --job-name=nir-sweep
#SBATCH --gpus=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=32G
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
#SBATCH --output=nir-sweep-%A-%a.log
set -euo pipefail
exec nir sweep "$1" --shard "$SLURM_ARRAY_TASK_ID/4"
