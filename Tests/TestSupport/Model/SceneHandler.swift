internal import NIOCore
internal import NIOHTTP1

/// One connection of a scripted model. Lives on its event loop alone.
final class SceneHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let model: ScriptedModel
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isCounted = false

    init(_ model: ScriptedModel) {
        self.model = model
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part): body.writeBuffer(&part)
        case .end: if let head { answer(call(head), context) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func call(_ head: HTTPRequestHead) -> ModelCall {
        var headers: [String: String] = [:]
        for (name, value) in head.headers { headers[name.lowercased()] = value }
        return ModelCall(
            method: head.method.rawValue, uri: head.uri, headers: headers, body: String(buffer: body))
    }

    private func answer(_ call: ModelCall, _ context: ChannelHandlerContext) {
        if call.path.hasPrefix("/_") {
            let reply = model.control(call)
            return send(reply.status, reply.body, context)
        }
        let scene = model.begin(call)
        isCounted = true
        let reply = ScriptedReply(call: call)
        let known = call.isCompletion || call.path.hasSuffix("/models")
        guard known else { return send(404, #"{"error":{"message":"no such path"}}"#, context) }
        let good = { (text: String?) in call.isCompletion ? reply.whole(text) : reply.models }
        switch scene {
        case .ok(let text): send(200, good(text), context)
        case .okWithHeaders(let headers): send(200, good(nil), headers: headers, context)
        case .okStreaming(let text):
            guard call.isCompletion else { return send(200, reply.models, context) }
            send(200, reply.streamed(text), type: "text/event-stream", context)
        case .status(let status, let headers, let body): send(status, body, headers: headers, context)
        case .hang: break
        case .hangAfterHead: begin(200, [("content-length", "1000")], context)
        case .dropMidBody:
            begin(200, [("content-length", "100000")], context)
            part(reply.whole(nil), context)
            context.close(promise: nil)
        case .slowDrip(let bytes):
            begin(200, [("transfer-encoding", "chunked")], context)
            drip(ByteBuffer(string: good(nil)), bytes, context)
        case .html502: send(502, ScriptedReply.html, type: "text/html", context)
        case .errorIn200: send(200, reply.errorStream, type: "text/event-stream", context)
        case .garbageJSON: send(200, #"{"content": [{"type"#, context)
        case .hugeAnswer(let bytes):
            begin(200, [("transfer-encoding", "chunked")], context)
            part(reply.hugeBeginning, context)
            pour(bytes, ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 10), context)
        case .closeAtOnce: context.close(promise: nil)
        case .latency(let milliseconds):
            let text = good(nil)
            context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                self.send(200, text, context)
            }
        }
    }

    // MARK: - Sending

    private func send(
        _ status: Int, _ body: String, type: String = "application/json", headers: [String: String] = [:],
        _ context: ChannelHandlerContext
    ) {
        var all = [("content-type", type), ("content-length", "\(body.utf8.count)")]
        all += headers.map { ($0.key, $0.value) }
        // Before the last byte leaves: whoever got the answer finds the call ended.
        finish()
        begin(status, all, context)
        part(body, context)
        end(context)
    }

    private func begin(_ status: Int, _ headers: [(String, String)], _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(headers))
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func part(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }

    private func end(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func drip(_ rest: ByteBuffer, _ bytes: Int, _ context: ChannelHandlerContext) {
        var rest = rest
        guard context.channel.isActive else { return }
        guard let next = rest.readSlice(length: min(bytes, rest.readableBytes)), next.readableBytes > 0 else {
            finish()
            return end(context)
        }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(next))), promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { [rest] in
            self.drip(rest, bytes, context)
        }
    }

    /// The next piece follows when the last one was taken, or a slow reader would fill our memory.
    private func pour(_ bytes: Int, _ piece: ByteBuffer, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        guard bytes > 0 else {
            finish()
            return end(context)
        }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece)))).assumeIsolated().whenComplete { result in
            guard case .success = result else { return }
            self.model.poured(piece.readableBytes)
            self.pour(bytes - piece.readableBytes, piece, context)
        }
    }

    private func finish() {
        if isCounted { model.end() }
        isCounted = false
    }
}
