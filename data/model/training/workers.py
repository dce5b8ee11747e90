"""Training in several processes of one thread each, which average their gradients.

On few cores this is faster than one process of several threads, and much faster where other
programs run beside it: the processes wait for each other once a step, threads in every product.
"""

import os
import tempfile
from collections.abc import Callable
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def count() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def start(index: int, total: int, meeting: str, work: Callable, arguments: tuple) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=index, world_size=total,
                            timeout=timedelta(minutes=30))
    work(*arguments)
    dist.destroy_process_group()


def run(total: int, work: Callable, *arguments: object) -> None:
    if total == 1:
        work(*arguments)
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(start, (total, os.path.join(folder, "meeting"), work, arguments), nprocs=total)


def summed(parameters: list[torch.nn.Parameter], numbers: list[float]) -> list[float]:
    """Sums the gradients of all workers in place, and the numbers given beside them."""
    if count() == 1:
        return numbers
    flat = torch.cat([p.grad.flatten() for p in parameters] + [torch.tensor(numbers)])
    dist.all_reduce(flat)
    for p, part in zip(parameters, flat.split([p.numel() for p in parameters] + [len(numbers)])):
        p.grad.copy_(part.view_as(p))
    return flat[-len(numbers):].tolist()


def shared(work: Callable[[torch.Tensor], torch.Tensor], stacked: torch.Tensor) -> torch.Tensor:
    """`work` over a stack of matrices, each worker doing an equal part of it."""
    if count() == 1 or len(stacked) % count():
        return work(stacked)
    parts = [torch.empty_like(p) for p in stacked.chunk(count())]
    dist.all_gather(parts, work(stacked.chunk(count())[rank()]).contiguous())
    return torch.cat(parts)
