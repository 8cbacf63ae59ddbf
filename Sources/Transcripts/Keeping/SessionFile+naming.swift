package import Domain

extension SessionFile {
    /// What a session's file is called from the folder of its transcript on. Older clients have those of sub-agents beside the
    /// transcript; they are called as newer ones call them.
    package static func name(of path: String, in session: SessionID) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        let name = parts.last ?? ""
        if name.hasPrefix(session.rawValue) { return name }
        if let folder = parts.lastIndex(of: session.rawValue) { return parts[folder...].joined(separator: "/") }
        return "\(session)/subagents/\(name)"
    }
}
