internal import Domain
package import Platform
package import Settings

/// What people ask of sinks, as files that the archive's owner takes up: it alone writes the archive.
package struct SinkRequests: Sendable {
    package enum Wish: String, Sendable, Codable { case retry, backfill }

    package struct Request: Sendable, Codable, Equatable {
        package var sink: String
        package var wish: Wish
        /// Of a backfill, ms since 1970.
        package var sinceMilliseconds: Int64

        package init(sink: String, wish: Wish, sinceMilliseconds: Int64 = 0) {
            self.sink = sink
            self.wish = wish
            self.sinceMilliseconds = sinceMilliseconds
        }
    }

    private let folder: String

    package init(_ state: StateFolder) { folder = state.path + "/sink-requests" }

    /// By the names of their files; what is none is passed over.
    package var all: [(name: String, request: Request)] {
        ((try? Files.names(in: folder)) ?? []).sorted().compactMap { name in
            guard let text = try? Files.read("\(folder)/\(name)", limit: 4096),
                let json = try? JSONValue(parsing: text),
                let sink = json["sink"]?.string, let wish = json["wish"]?.string.flatMap(Wish.init)
            else { return nil }
            return (name, Request(sink: sink, wish: wish, sinceMilliseconds: json["since_ms"]?.wholeNumber ?? 0))
        }
    }

    package func add(_ request: Request) throws(FileError) {
        try Files.makeFolder(folder)
        let json: JSONValue = [
            "sink": .string(request.sink), "wish": .string(request.wish.rawValue),
            "since_ms": .number(Double(request.sinceMilliseconds)),
        ]
        try Files.write(json.text + "\n", to: "\(folder)/\(HostClock.wallMilliseconds)-\(request.sink).json")
    }

    package func remove(_ name: String) { Files.remove("\(folder)/\(name)") }
}
