"""A viewer without a browser: opens a page and moves its knobs over the websocket that Streamlit speaks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

MOST_BYTES = 64 * 2**20
FRESH = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")
BROKEN = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_WITH_COMPILE_ERROR")


class PageFault(RuntimeError):
    """The page showed an exception, or its script could not run."""


@dataclass(frozen=True)
class Answer:
    """What one turn brought: seconds until the page was done, bytes sent by the server, and its elements."""

    seconds: float
    received: int
    elements: tuple[Element, ...]
    query: str

    def of_type(self, kind: str) -> Iterator[Element]:
        """The elements of one kind, e.g. 'plotly_chart', 'slider', 'alert'."""
        return (element for element in self.elements if element.WhichOneof("type") == kind)


@dataclass(frozen=True)
class _Widget:
    """What a browser knows of a knob: its kind, its name in messages, the part of the page it stands in."""

    kind: str
    identity: str
    part: str


@dataclass
class Viewer:
    """One session: `async with Viewer(port) as viewer`, then `open` a page and `move` its knobs."""

    port: int
    patience: float = 120.0
    path: str = "/_stcore/stream"
    headers: dict[str, str] = field(default_factory=dict)
    _socket: ClientConnection | None = None
    _kept: dict[str, ForwardMsg] = field(default_factory=dict)
    _widgets: dict[str, _Widget] = field(default_factory=dict)
    _page: str = ""
    _query: str = ""

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            f"ws://127.0.0.1:{self.port}{self.path}",
            subprotocols=["streamlit"],  # type: ignore[list-item]  # a NewType over str
            max_size=MOST_BYTES,
            proxy=None,
            open_timeout=self.patience,
            ping_interval=None,
            compression=None,
            additional_headers=self.headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def open(self, page: str = "", **query: str) -> Answer:
        """Opens a page ('' is the front door) with a link's query."""
        self._page, self._query = page, urlencode(query)
        self._widgets.clear()
        return await self._turn([])

    async def slide(self, key: str, *values: float) -> Answer:
        """Moves the slider with this key."""
        return await self._move(key, double_array_value={"data": list(values)})

    async def press(self, key: str) -> Answer:
        """Presses the button with this key."""
        return await self._move(key, trigger_value=True)

    async def switch(self, key: str, on: bool) -> Answer:
        """Turns the switch with this key on or off."""
        return await self._move(key, bool_value=on)

    async def choose(self, key: str, option: str) -> Answer:
        """Picks an option of the menu with this key, by its name."""
        return await self._move(key, string_value=option)

    async def along(self, key: str, option: str) -> Answer:
        """Moves the slider over given options with this key to one of them."""
        return await self._move(key, string_array_value={"data": [option]})

    @property
    def keys(self) -> dict[str, str]:
        """The kinds of the page's widgets by key."""
        return {key: widget.kind for key, widget in self._widgets.items()}

    async def _move(self, key: str, **value: object) -> Answer:
        if key not in self._widgets:
            raise PageFault(f"the page has no knob {key!r}: it has {', '.join(sorted(self._widgets))}")
        widget = self._widgets[key]
        state = WidgetState(id=widget.identity, **value)  # type: ignore[arg-type]
        return await self._turn([state], widget.part)

    async def _turn(self, states: list[WidgetState], part: str = "") -> Answer:
        """A run of the page, or of one part of it; where that asks for the whole page, until it is done."""
        assert self._socket is not None
        client = ClientState(
            query_string=self._query,
            page_name=self._page,
            widget_states=WidgetStates(widgets=states),
            fragment_id=part,
        )
        start = time.perf_counter()
        await self._socket.send(BackMsg(rerun_script=client).SerializeToString())
        received, elements = 0, []
        while True:
            async with asyncio.timeout(self.patience):
                data = await self._socket.recv(decode=False)
            received += len(data)
            message = self._resolved(ForwardMsg.FromString(data))
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                self._look_at(element, message.delta.fragment_id)
                elements.append(element)
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "new_session":
                elements.clear()
            elif kind == "script_finished" and message.script_finished != FRESH:
                if message.script_finished == BROKEN:
                    raise PageFault("the page's script could not be compiled")
                return Answer(time.perf_counter() - start, received, tuple(elements), self._query)

    def _resolved(self, message: ForwardMsg) -> ForwardMsg:
        """The message itself, where the server only names one that this session has had before."""
        if message.WhichOneof("type") == "ref_hash":
            known = self._kept[message.ref_hash]
            resolved = ForwardMsg()
            resolved.CopyFrom(known)
            resolved.metadata.CopyFrom(message.metadata)
            return resolved
        if message.metadata.cacheable:
            self._kept[message.hash] = message
        return message

    def _look_at(self, element: Element, part: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise PageFault(element.exception.message or element.exception.type)
        identity = getattr(getattr(element, kind), "id", "") if kind else ""
        if isinstance(identity, str) and identity.startswith("$$ID-"):
            self._widgets[identity.split("-", 2)[2]] = _Widget(str(kind), identity, part)
