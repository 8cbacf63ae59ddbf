internal import Platform

/// Bytes to a socket, as anybody could send them.
enum Raw {
    /// - Returns: what came back until the other end closed, or for a minute.
    static func exchange(_ text: String, with path: String) throws -> String {
        do {
            let answer = try UnixSocket.exchange(Array(text.utf8), with: path, patience: 60, limit: 1 << 20)
            return String(decoding: answer, as: UTF8.self)
        } catch {
            throw error
        }
    }
}
