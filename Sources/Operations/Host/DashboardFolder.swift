package import Authentication
internal import Domain
package import Platform
internal import Settings

/// What lies on disk for the browsers that see the whole page: one file a session, and pages that post a pass. So sessions
/// outlast a companion, and a command ends one by removing its file.
package struct DashboardFolder: Sendable {
    package static let capacity = 64

    package let path: String

    /// - Parameter path: 0700, made when it is needed.
    package init(path: String) { self.path = path }

    /// Those that hold, the newest first.
    package func sessions(now: Int64 = HostClock.wallMilliseconds) -> [DashboardSession] {
        names.compactMap { session(of: $0) }.filter { !$0.isOver(now: now) }
            .sorted { ($0.began, $0.id) > ($1.began, $1.id) }
    }

    /// - Returns: nil for one that was revoked, or never was.
    package func session(id: String) -> DashboardSession? {
        guard DashboardSession.isID(id), let text = try? PrivateFile.read(file(id), limit: 256) else { return nil }
        return DashboardSession(id: id, text: text)
    }

    /// Keeps a session, in place of the oldest where there are too many.
    package func keep(_ session: DashboardSession) throws(FileError) {
        try Files.makeFolder(path)
        sweep()
        for old in sessions().dropFirst(Self.capacity - 1) { revoke(old.id) }
        try PrivateFile.create(file(session.id), holding: session.text)
    }

    package func revoke(_ id: String) {
        if DashboardSession.isID(id) { Files.remove(file(id)) }
    }

    /// Writes the page that a browser is to open: it posts the pass, which so stands in no argument and no address.
    /// - Returns: its path.
    func write(_ pass: DashboardPass, for address: String) throws(FileError) -> String {
        try Files.makeFolder(path)
        sweep()
        let page = "\(path)/\(Self.pageName(of: pass.text))"
        try PrivateFile.create(page, holding: EntryPage(address: address, pass: pass.text).html)
        return page
    }

    /// The pass was used: its page opens nothing any more.
    package func removePage(of pass: String) {
        // A guess may hold anything.
        guard DashboardPass.isWellFormed(pass) else { return }
        Files.remove("\(path)/\(Self.pageName(of: pass))")
    }

    /// Removes what is over.
    package func sweep(now: Int64 = HostClock.wallMilliseconds) {
        for name in names {
            if let expiry = Self.expiry(ofPage: name) {
                if expiry <= now { Files.remove("\(path)/\(name)") }
            } else if let session = session(of: name), session.isOver(now: now) {
                revoke(session.id)
            }
        }
    }

    private var names: [String] { (try? Files.names(in: path)) ?? [] }

    private func file(_ id: String) -> String { "\(path)/session-\(id)" }

    private func session(of name: String) -> DashboardSession? {
        name.hasPrefix("session-") ? session(id: String(name.dropFirst(8))) : nil
    }

    /// Expiry and nonce, never the code that makes it a pass: who may list the folder could use it.
    private static func pageName(of pass: String) -> String {
        "enter-" + pass.split(separator: "-").prefix(2).joined(separator: "-") + ".html"
    }

    private static func expiry(ofPage name: String) -> Int64? {
        let parts = name.split(separator: "-")
        return parts.count == 3 && parts[0] == "enter" ? Int64(parts[1]) : nil
    }
}

/// A page of the user's own that opens the dashboard by a form.
private struct EntryPage {
    let address: String
    let pass: String

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="referrer" content="no-referrer">
        <title>Holdfast</title>
        <body onload="document.forms[0].submit()">
        <form method="post" action="http://\(Markup.escaped(address))/enter">
        <input type="hidden" name="pass" value="\(Markup.escaped(pass))">
        <button>Open the dashboard</button>
        </form>
        </body>
        </html>

        """
    }
}
