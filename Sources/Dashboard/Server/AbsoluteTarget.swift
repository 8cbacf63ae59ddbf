internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypesHTTP1

/// Holds a target in absolute form (`GET http://name/path`, RFC 9112, 3.2.2) against `Host`: the conversion to HTTP types
/// drops the name in it. One that says something else goes on as a second `Host`, which `OriginRule` refuses.
final class AbsoluteTarget: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// - Parameter context: of a handler behind the conversion.
    static func watch(before context: ChannelHandlerContext) throws {
        let pipeline = context.pipeline.syncOperations
        let conversion = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(AbsoluteTarget(), position: .before(conversion))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), let named = Self.name(in: head.uri) else {
            return context.fireChannelRead(data)
        }
        let hosts = head.headers["host"]
        // A target alone is not enough: a request needs a Host, and without one is refused as it is.
        if let host = hosts.first, named.lowercased() != host.lowercased() {
            head.headers.add(name: "Host", value: named)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Whose the target is; with its scheme, where that is not ours.
    /// - Returns: nil for one in another form.
    static func name(in target: String) -> String? {
        // Whatever stands in a path or a query is no name.
        guard !target.hasPrefix("/"), let colon = target.firstIndex(of: ":") else { return nil }
        let scheme = target[..<colon], rest = target[target.index(after: colon)...]
        guard scheme.lowercased() == "http", rest.hasPrefix("//") else { return target }
        return String(rest.dropFirst(2).prefix { !"/?#\\".contains($0) })
    }
}
