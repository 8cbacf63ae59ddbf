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
                let text = mailbox.take()
                if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            }
        }
    }
}
