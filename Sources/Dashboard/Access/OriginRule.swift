internal import HTTPTypes

/// Refuses what a page of somebody else's could make a browser send.
///
/// - The name we are called by must be ours, or a name that was re-bound to 127.0.0.1 would make us that page's origin.
/// - A named origin must be our own, port included: another program on this machine is another origin, though browsers
///   count it to the same site and so send our cookie along. `null` is nobody's.
/// - What the browser itself says of where a request comes from (`Sec-Fetch-Site`) must not be elsewhere, unless
///   a person follows a link to here.
struct OriginRule: Sendable {
    /// Over a Unix socket the name means nothing, and no browser can call.
    let isBehindSocketFile: Bool

    private static let entry = "/enter"

    func check(_ head: HTTPRequest) throws(Refusal) {
        if !isBehindSocketFile, !isOurs(head) { throw .wrongHost }
        // Comes from the page in the user's own folder, with a pass that nobody else can write.
        if head.method == .post, head.path == Self.entry { return }
        if let origin = head.headerFields[.origin], !isOwn(origin, head) { throw .foreign }
        guard let site = head.headerFields.value(named: "sec-fetch-site"), site != "same-origin", site != "none" else {
            return
        }
        guard !Self.changes(head.method), head.headerFields.value(named: "sec-fetch-mode") == "navigate",
            head.headerFields.value(named: "sec-fetch-dest") == "document"
        else { throw .foreign }
    }

    /// Whether the browser vouches that a page of ours sent this.
    func isVouchedFor(_ head: HTTPRequest) -> Bool {
        if let origin = head.headerFields[.origin] { return isOwn(origin, head) }
        return head.headerFields.value(named: "sec-fetch-site") == "same-origin"
    }

    /// Whether a request may change something, by its method.
    static func changes(_ method: HTTPRequest.Method) -> Bool { method != .get && method != .head }

    private func isOwn(_ origin: String, _ head: HTTPRequest) -> Bool {
        guard let host = head.authority else { return false }
        return origin.lowercased() == "http://\(host.lowercased())"
    }

    private func isOurs(_ head: HTTPRequest) -> Bool {
        // A second Host header stays among the others: which one would count is anybody's guess. One comes
        // from the target, too (`AbsoluteTarget`).
        guard let host = head.authority?.lowercased(), head.headerFields.value(named: "host") == nil else {
            return false
        }
        for name in ["127.0.0.1", "localhost", "[::1]"] where host.hasPrefix(name) {
            let rest = host.dropFirst(name.count)
            // Any port: a tunnel may have another one than we.
            return rest.isEmpty || (rest.first == ":" && UInt16(rest.dropFirst()) != nil && !rest.contains("+"))
        }
        return false
    }
}

extension HTTPFields {
    /// - Parameter name: in lower case.
    func value(named name: String) -> String? { first { $0.name.canonicalName == name }?.value }
}
