internal import Domain

/// Where a host's second copy is, and whether it is kept up.
package struct RemotePolicy: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        case sync
        /// Nothing leaves the host; what changes waits.
        case localOnly = "local-only"
    }

    /// A git remote or a folder; empty for none.
    package var url = ""
    package var mode = Mode.sync
    /// Off for a folder alone.
    package var encrypts = true
    /// Empty for `remote.key` beside the configuration.
    package var keyFile = ""
    /// Which environment variable holds the token for https.
    package var tokenVariable = "GITHUB_TOKEN"
    package var tokenFile = ""
    /// Of GitHub Enterprise Server; empty for that of github.com.
    package var apiURL = ""
    /// Certificates to trust, for https (PEM); empty for the system's.
    package var caFile = ""

    package init() {}

    /// Whether it may be an address: without a password, and nothing that git takes for a program to run.
    static func isAddress(_ url: String) -> Bool {
        guard !url.isEmpty else { return true }
        guard url.utf8.count <= 2000, url.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !url.hasPrefix("-") else {
            return false
        }
        if ["/", "file:///", "ssh://"].contains(where: url.hasPrefix) { return true }
        let loopback = ["http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/"]
        if url.hasPrefix("https://") || loopback.contains(where: url.hasPrefix) {
            return !url.utf8.contains(UInt8(ascii: "@"))
        }
        // user@host:path
        guard !ByteSearch.contains(url, "://"), let at = url.firstIndex(of: "@"), let colon = url.firstIndex(of: ":")
        else {
            return false
        }
        return at > url.startIndex && at < colon
    }

    package var isOn: Bool { !url.isEmpty && mode == .sync }
}

extension Settings {
    /// The file of the second copy's keys.
    package var remoteKeyFile: String {
        let named = configuration.remote.keyFile
        return named.isEmpty ? "\(configFolder)/remote.key" : named
    }
}
