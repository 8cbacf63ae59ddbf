/// Somebody who asks over HTTP: this module links no client of its own.
package protocol HTTPAsking: Sendable {
    /// Follows no redirect, and takes no more than a megabyte.
    /// - Throws: `unreachable` where nobody answers in time.
    func get(_ url: String, headers: [(name: String, value: String)]) async throws(CopyError) -> HTTPAnswer
}

package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
