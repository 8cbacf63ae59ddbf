internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import ServiceLifecycle

/// Writes the backend's events to a client until it goes, the backend has no more, or the companion stops.
struct EventStream: Sendable {
    let backend: any DashboardBackend
    let lastEventID: String?
    let keepAlive: Duration
    let slot: StreamSlot
    /// Asked before each write, and so each `keepAlive` at least.
    let isAdmitted: @Sendable () -> Bool

    func response(to request: Request) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                let mailbox = EventMailbox()
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await withGracefulShutdownHandler {
                        try await deliver(from: mailbox, to: &writer)
                    } onGracefulShutdown: {
                        mailbox.close()
                    }
                } onInboundClosed: {
                    mailbox.close()
                }
                try await writer.finish(nil)
            })
    }

    private func deliver(from mailbox: EventMailbox, to writer: inout any ResponseBodyWriter) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in backend.events(since: lastEventID) { mailbox.put(event) }
                mailbox.close()
            }
            group.addTask {
                while true {
                    // Cancelled with the group: nothing is left to keep alive.
                    do { try await Task.sleep(for: keepAlive) } catch { return }
                    mailbox.keepAlive()
                }
            }
            defer { group.cancelAll() }
            // At once, so that the client knows it is connected however long the first event takes.
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            for await _ in mailbox.rings {
                guard isAdmitted() else { return }
                let text = mailbox.take()
                if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            }
        }
    }
}

/// One event as browsers take it from an `EventSource`.
package struct ServerSentEvent: Equatable, Sendable {
    package var id: String?
    /// `status` or `change`.
    package var event: String
    package var data: String

    package init(id: String? = nil, event: String, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// The event on the wire. What could end a line early is taken out of id and name, and splits the data, as
    /// the client joins the lines again.
    var frame: String {
        var frame = ""
        if let id { frame += "id: \(Self.oneLine(id))\n" }
        frame += "event: \(Self.oneLine(event))\n"
        guard data.utf8.contains(UInt8(ascii: "\r")) || data.utf8.contains(UInt8(ascii: "\n")) else {
            return frame + "data: \(data)\n\n"
        }
        // By scalars: "\r\n" is one character, and a break all the same.
        var line = "data: ", last: Unicode.Scalar = " "
        for scalar in data.unicodeScalars {
            defer { last = scalar }
            switch scalar {
            case "\n" where last == "\r": continue
            case "\r", "\n":
                frame += line + "\n"
                line = "data: "
            default: line.unicodeScalars.append(scalar)
            }
        }
        return frame + line + "\n\n"
    }

    private static func oneLine(_ text: String) -> String {
        var line = ""
        // A NUL in an id makes clients forget it.
        line.unicodeScalars += text.unicodeScalars.filter { $0 != "\r" && $0 != "\n" && $0 != "\0" }
        return line
    }
}
