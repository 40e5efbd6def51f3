"""Draw the blocks of a corpus on a Dask cluster; a block that a lost worker held is drawn again elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from graphdnc.datasets.build_corpus import Block, Drawn, draw_block, in_order
from graphdnc.errors import CorpusError, GraphDNCError, UsageError

if TYPE_CHECKING:
    from distributed import Client, Future

PATIENCE = 30
"""Seconds to wait for the scheduler and for a first worker."""


def draw_on_cluster(address: str, blocks: Sequence[Block]) -> Iterator[Drawn]:
    """Yield blocks in order, as workers of the cluster at ``address`` draw them.

    Raises:
        UsageError: Dask is not installed, or the workers have another version of graphdnc or none.
        CorpusError: the cluster cannot be reached, or a block was lost with several workers in turn.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--cluster needs Dask, which is not installed: pip install 'graphdnc[cluster]'"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is wrong is said in one line
    try:
        with Client(address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=PATIENCE)
            _refuse_other_versions(client)
            workers = max(1, sum(client.nthreads().values()))

            def submit(block: Block) -> Future:
                # a block is a value of its arguments, so it can be drawn again anywhere
                return client.submit(draw_block, block, pure=False)

            yield from in_order(submit, blocks, 2 * workers)
    except GraphDNCError:
        raise
    except Exception as error:  # Dask raises errors of many kinds
        what = " ".join(str(error).split()) or type(error).__name__
        raise CorpusError(
            f"the cluster at {address} failed: {what}; check that its scheduler and workers run, "
            "or build without --cluster"
        ) from error


def _refuse_other_versions(client: Client) -> None:
    """Raise UsageError unless all workers have this version of graphdnc."""
    ours = version("graphdnc")
    found = client.run(_version, on_error="return")
    for worker, theirs in found.items():
        if theirs != ours:
            has = f"graphdnc {theirs}" if isinstance(theirs, str) else "no graphdnc"
            raise UsageError(f"the worker at {worker} has {has}, this machine {ours}; install {ours} there")


def _version() -> str:
    return version("graphdnc")
