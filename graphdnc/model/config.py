"""The sizes and options of a DNC. The defaults are the paper's network; every departure is named here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

MAX_NUMBERS = 2**28
"""The most numbers (1 GiB) in all weights, or in one memory, that a configuration from a file may ask for."""
Links = Literal["dense", "sparse", "off"]
LINKS: tuple[Links, ...] = get_args(Links)
WhenFull = Literal["nothing", "oldest", "least-read"]
WHEN_FULL: tuple[WhenFull, ...] = get_args(WhenFull)
RETIRED = {"sharpen_links": (False,), "reads": ("dense",), "reads_kept": range(2**31)}
"""Options of earlier versions that saved networks may still name, with the values that mean "off"."""


@dataclass(frozen=True)
class DNCConfig:
    """Sizes, in numbers, and options of a network.

    Attributes:
        input_size: numbers in the input of a step (92 with three-digit labels).
        output_size: numbers in the output of a step (90).
        controller_size: units in one LSTM layer.
        controller_layers: LSTM layers; each sees the input and the layer below (paper, Methods).
        memory_rows: N, the rows of memory if a call does not give another number.
        memory_width: W, numbers in a row.
        read_heads: R.
        write_heads: rows written in one step; the paper has one.
        links: ``dense`` temporal links, or ``off`` (then there are no forward and backward read modes), or
            ``sparse``: only the strongest links, for memories too large for N x N numbers
            (``sparse_links.py``).
        links_kept: K, the links kept of each row if they are sparse.

    The departures from the paper, none of them by default:

    Attributes:
        interface_skip: the interface vector is a linear map, with bias, of controller output, input and
            last reads instead of the controller output alone.
        output_skip: the output is a linear map of controller output, reads and input; in the paper the
            input is not part of it.
        masked_keys: keys have masks that say which columns they look at (Csordas & Schmidhuber 2019,
            section 3.1).
        wipe_freed_rows: a freed row is erased at once (the same, section 3.2); the write key still sees it.
        written_rows_only: log(usage) is added to content scores, so that rows which were never written, or
            were freed, are not read. It lets the memory grow after training.
        allocate_only: writes go only to the allocated row; there is no write key and no allocation gate.
        when_full: which row is allocated as far as none is free: none as in the paper (``nothing``), the one
            written longest ago (``oldest``, a ring as in Rae et al. 2016), or the one neither written nor
            read for longest (``least-read``, as in Santoro et al. 2016).
        blind_description: the memory is not looked at while triples are described. Nothing is read, and every
            triple goes to the allocated row, as if the allocation gate were 1, whatever the network does
            later. So the whole description can be written in one parallel step.
        link_description: rows of the description have temporal links, as in the paper. Without it, only the
            other rows have links, which then take less room.
        layer_norm: normalise the sum that enters the LSTM gates, and the cell (after Ba et al. 2016).
        stop_usage_gradient: no gradient flows from usage to the write weights, as in the code that the
            paper's authors released.
        start: the name of the first weights. It means nothing to the model, which draws random weights
            (``plain``): ``graphdnc.starts`` applies and checks the others.
    """

    input_size: int = 92
    output_size: int = 90
    controller_size: int = 256
    controller_layers: int = 1
    memory_rows: int = 256
    memory_width: int = 64
    read_heads: int = 4
    write_heads: int = 1
    links: Links = "dense"
    links_kept: int = 8
    interface_skip: bool = False
    output_skip: bool = False
    masked_keys: bool = False
    wipe_freed_rows: bool = False
    written_rows_only: bool = False
    allocate_only: bool = False
    when_full: WhenFull = "nothing"
    blind_description: bool = False
    link_description: bool = True
    layer_norm: bool = False
    stop_usage_gradient: bool = False
    start: str = "plain"

    def __post_init__(self) -> None:
        self._check_sizes()
        if self.links not in LINKS:
            raise ValueError(f"links is {self.links!r}; it must be one of {', '.join(LINKS)}")
        if self.when_full not in WHEN_FULL:
            raise ValueError(f"when_full is {self.when_full!r}; it must be one of {', '.join(WHEN_FULL)}")
        if self.overwrites and self.blind_description:
            raise ValueError(
                f"when_full is {self.when_full!r}; with blind_description, which gives each triple a row of "
                "its own, it must be 'nothing'"
            )

    def _check_sizes(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(field.default) is not type(value):
                kind = {int: "a whole number", bool: "true or false", str: "a word"}[type(field.default)]
                raise ValueError(f"{field.name} is {value!r}; it must be {kind}")
            if isinstance(value, int) and not isinstance(value, bool) and value < 1:
                raise ValueError(f"{field.name} is {value}; it must be at least 1")
        reads = self.read_heads * self.memory_width
        below = self.input_size + reads + self.controller_size
        hidden = self.controller_layers * self.controller_size
        interface = reads + (self.write_heads * 3 + self.read_heads) * self.memory_width
        outputs = interface + self.output_size
        weights = 4 * hidden * (below + self.controller_size) + (hidden + below) * outputs
        if max(weights, self.memory_rows * self.memory_width) > MAX_NUMBERS:
            raise ValueError(f"the sizes together make more than {MAX_NUMBERS:,} numbers")

    @property
    def read_modes(self) -> int:
        """Read modes of a head: content, and forward and backward for each write head."""
        return 1 if self.links == "off" else 1 + 2 * self.write_heads

    @property
    def overwrites(self) -> bool:
        """Whether a row in use is allocated when none is free."""
        return self.when_full != "nothing"

    @property
    def parallel_description(self) -> bool:
        """Whether the description can be written in one parallel step (``parallel_description.py``)."""
        return self.blind_description and self.write_heads == 1


def current_options(saved: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a network saved by this or an earlier version, without retired ones.

    Raises:
        ValueError: the network uses a retired option.
    """
    for name, off in RETIRED.items():
        if name in saved and saved[name] not in off:
            raise ValueError(f"{name} is {saved[name]!r}; this version of graphdnc no longer has that option")
    return {name: value for name, value in saved.items() if name not in RETIRED}
