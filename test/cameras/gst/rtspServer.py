#!/usr/bin/python3
"""Cameras played by GStreamer's RTSP server: films encoded beforehand, looped, with faults at a word on stdin.

argv[1]: JSON {"cameras": [{"name", "codec", "login": {"username", "password", "method"} | null}],
               "tls": {"cert", "key"} | null}
stdin, one JSON a line: {"do": "film", "name", "file", "fps"} {"do": "fault", "name", "fault"}; each is answered by a line.
Ends when stdin closes.
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
settings = json.loads(sys.argv[1])
films = {}
NS = 1_000_000_000


def nal_starts(data):
    at = data.find(b"\0\0\1")
    while at >= 0:
        yield at + 3
        at = data.find(b"\0\0\1", at + 3)


def nal_type(codec, first):
    return first & 31 if codec == "h264" else (first >> 1) & 63


def read_film(codec, path):
    """The film's access units: it was encoded with a delimiter before each."""
    if path in films:
        return films[path]
    with open(path, "rb") as file:
        data = file.read()
    delimiter, sets = (9, (7, 8)) if codec == "h264" else (35, (32, 33, 34))
    cuts, heads = [], []
    starts = list(nal_starts(data))
    for index, start in enumerate(starts):
        kind = nal_type(codec, data[start])
        if kind == delimiter:
            cuts.append(start - 4 if data[start - 4] == 0 else start - 3)
        end = starts[index + 1] - 3 if index + 1 < len(starts) else len(data)
        if kind in sets and len(heads) < len(sets):
            heads.append(b"\0\0\0\1" + data[start:end].rstrip(b"\0"))
    cuts.append(len(data))
    units = [GLib.Bytes.new(data[a:b]) for a, b in zip(cuts, cuts[1:])]
    films[path] = (units, b"".join(heads))
    return films[path]


def spoilt(codec, unit):
    """The same access unit with a parameter set that makes no sense."""
    data = bytearray(unit.get_data())
    for start in nal_starts(bytes(data)):
        if nal_type(codec, data[start]) in (7, 33):
            for at in range(start + 4, min(start + 12, len(data))):
                data[at] ^= 0x5A
    return GLib.Bytes.new(bytes(data))


class Camera:
    def __init__(self, spec):
        self.name = spec["name"]
        self.codec = spec["codec"]
        self.login = spec.get("login")
        self.fault = "normal"
        self.units, self.heads, self.fps = [], b"", 25
        self.next = 0
        self.src = None
        self.started = 0
        self.pushed = 0
        self.server = None
        self.basic = None

    def make_factory(self):
        parse, caps = ("h264parse", "video/x-h264") if self.codec == "h264" else ("h265parse", "video/x-h265")
        pay = "rtph264pay" if self.codec == "h264" else "rtph265pay"
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(
            f"( appsrc name=source is-live=true format=time max-bytes=8000000 "
            f"caps={caps},stream-format=byte-stream,alignment=au ! {pay} name=pay0 pt=96 config-interval=-1 mtu=1400 )"
        )
        factory.set_shared(True)
        factory.set_latency(0)
        factory.connect("media-configure", self.on_media)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
        return factory

    def on_media(self, _factory, media):
        self.src = media.get_element().get_by_name_recurse_up("source")
        self.started = GLib.get_monotonic_time() * 1000
        self.pushed = 0
        media.connect("unprepared", self.on_unprepared, self.src)
        if self.fault == "stall":
            # What describes the stream is there, no picture is.
            self.push(GLib.Bytes.new(self.heads), 0)

    def on_unprepared(self, _media, source):
        if self.src == source:
            self.src = None

    def push(self, unit, pts):
        buffer = Gst.Buffer.new_wrapped_bytes(unit)
        buffer.pts = pts
        self.src.emit("push-buffer", buffer)

    def set_film(self, codec, path, fps):
        self.units, self.heads = read_film(codec, path)
        self.fps = fps
        self.next = 0
        if self.src is not None:
            self.pushed = int((GLib.get_monotonic_time() * 1000 - self.started) * fps // NS)

    def tick(self, now):
        if self.src is None or not self.units:
            return
        due = int((now - self.started) * self.fps // NS)
        while self.pushed <= due:
            pts = self.pushed * NS // self.fps
            self.pushed += 1
            if self.fault == "stall":
                continue
            unit = self.units[self.next]
            self.next = (self.next + 1) % len(self.units)
            self.push(spoilt(self.codec, unit) if self.fault == "badSps" else unit, pts)


def new_server(login, tls):
    """GStreamer lets in or not by server: a camera with a login has one of its own."""
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    auth = GstRtspServer.RTSPAuth()
    if login and login["method"] == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    if not login:
        anybody = GstRtspServer.RTSPToken()
        anybody.set_string("media.factory.role", "viewer")
        auth.set_default_token(anybody)
    if tls:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(tls["cert"], tls["key"]))
    if login or tls:
        server.set_auth(auth)
    return server


class Cameras:
    def __init__(self):
        self.cameras = {spec["name"]: Camera(spec) for spec in settings["cameras"]}
        self.ports = {}
        common = None
        for camera in self.cameras.values():
            if camera.login or common is None:
                server = new_server(camera.login, settings.get("tls"))
                common = common if camera.login else server
            else:
                server = common
            camera.server = server
            if camera.login:
                self.let_in(camera, camera.login["password"])
            self.mount(camera)
        for server in {id(camera.server): camera.server for camera in self.cameras.values()}.values():
            server.attach(None)
        self.ports = {name: camera.server.get_bound_port() for name, camera in self.cameras.items()}

    def mount(self, camera):
        camera.server.get_mount_points().add_factory(f"/{camera.name}", camera.make_factory())

    def let_in(self, camera, password):
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        username, auth = camera.login["username"], camera.server.get_auth()
        if camera.login["method"] == "digest":
            auth.remove_digest(username)
            auth.add_digest(username, password, token)
        else:
            if camera.basic:
                auth.remove_basic(camera.basic)
            camera.basic = GstRtspServer.RTSPAuth.make_basic(username, password)
            auth.add_basic(camera.basic, token)

    def hang_up(self, camera):
        """Ends the connections of those who watch this camera."""

        def watches(_pool, session):
            path = f"/{camera.name}"
            return GstRtspServer.RTSPFilterResult.REF if session.get_media(path)[0] else GstRtspServer.RTSPFilterResult.KEEP

        def close(_server, client):
            if client.session_filter(watches):
                client.close()
            return GstRtspServer.RTSPFilterResult.KEEP

        camera.server.client_filter(close)

    def set_fault(self, camera, fault):
        was = camera.fault
        if fault == "drop":
            self.hang_up(camera)
            return
        camera.fault = fault
        if fault == "otherPassword" and camera.login:
            self.let_in(camera, camera.login["password"] + "-changed")
            self.hang_up(camera)
        elif was == "otherPassword" and camera.login:
            self.let_in(camera, camera.login["password"])
        if fault == "gone":
            camera.server.get_mount_points().remove_factory(f"/{camera.name}")
            self.hang_up(camera)
        elif was == "gone":
            self.mount(camera)

    def obey(self, order):
        camera = self.cameras[order["name"]]
        if order["do"] == "film":
            camera.set_film(camera.codec, order["file"], order["fps"])
        else:
            self.set_fault(camera, order["fault"])


def main():
    server = Cameras()
    loop = GLib.MainLoop()

    def tick():
        now = GLib.get_monotonic_time() * 1000
        for camera in server.cameras.values():
            camera.tick(now)
        return True

    def on_line(channel, condition):
        if condition & GLib.IO_IN:
            line = sys.stdin.readline()
            if line:
                try:
                    server.obey(json.loads(line))
                    answer = {"ok": True}
                except Exception as error:  # the starter must hear of it
                    answer = {"ok": False, "error": repr(error)}
                print(json.dumps(answer), flush=True)
                return True
        loop.quit()
        return False

    sys.stdin.reconfigure(line_buffering=True)
    GLib.timeout_add(10, tick)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, on_line)
    print(json.dumps({"ports": server.ports}), flush=True)
    loop.run()


main()
