internal import Domain
internal import Mustache
package import Operations

/// The operator's page: from what the API answers to HTML.
package struct Page: Sendable {
    private let template: MustacheTemplate
    private let sessionTemplate: MustacheTemplate
    private let fleetTemplate: MustacheTemplate

    package init() throws {
        template = try Self.template(PackageResources.page_mustache)
        sessionTemplate = try Self.template(PackageResources.session_mustache)
        fleetTemplate = try Self.template(PackageResources.fleet_mustache)
    }

    private static func template(_ bytes: [UInt8]) throws -> MustacheTemplate {
        // `DrawnValue` escapes; a second time would be seen.
        try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + String(decoding: bytes, as: UTF8.self))
    }

    /// For who has the token.
    package func full(status: Status, query: PageQuery, lists: PageLists) -> String {
        render(PageContext.full(status, query, lists), PageContext.facts(status, isFull: true))
    }

    /// For everybody on this machine: no key, no session, nothing that a provider said.
    package func reduced(status: Status) -> String {
        render(PageContext.reduced(status), PageContext.facts(status, isFull: false))
    }

    /// All of one session, for who has the token.
    package func session(_ detail: SessionDetail, host: String, now: Timestamp) -> String {
        let context = SessionContext.of(detail, host: host, now: now)
        return sessionTemplate.render((context.members ?? [:]).mapValues(DrawnValue.of))
    }

    /// All hosts that use the same Redis, for who has the token.
    /// - Parameter host: whose page it is.
    package func fleet(_ fleet: Fleet, host: String) -> String {
        fleetTemplate.render((FleetContext.of(fleet, host: host).members ?? [:]).mapValues(DrawnValue.of))
    }

    private func render(_ context: JSONValue, _ facts: [String: String]) -> String {
        var values: [String: Any] = (context.members ?? [:]).mapValues(DrawnValue.of)
        values["facts"] = facts
        return template.render(values)
    }
}

/// The files that the page loads, all of them public.
package enum PageAssets {
    package static var all: [Asset] {
        let scripts = [
            "actions": PackageResources.actions_js, "api": PackageResources.api_js, "dom": PackageResources.dom_js,
            "events": PackageResources.events_js, "groups": PackageResources.groups_js,
            "list": PackageResources.list_js, "live": PackageResources.live_js,
            "memory": PackageResources.memory_js, "page": PackageResources.page_js,
            "pictures": PackageResources.pictures_js, "reader": PackageResources.reader_js,
            "session": PackageResources.session_js, "status": PackageResources.status_js,
            "text": PackageResources.text_js,
        ]
        // A browser runs a module only under this type.
        return scripts.map { name, bytes in
            Asset(path: "/assets/\(name).js", contentType: "text/javascript; charset=utf-8", bytes: bytes)
        } + [Asset(path: "/assets/page.css", contentType: "text/css; charset=utf-8", bytes: PackageResources.page_css)]
    }
}

/// Why a part of the page could not be read, for a person: what is wrong and the way out.
package struct PageTrouble: Error, Equatable, Sendable {
    package var message: String
    package var remedy: String

    package init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    /// - Parameter what: the sentence that it explains.
    func words(_ what: String) -> String {
        VisibleText.of("\(what) \([message, remedy].filter { !$0.isEmpty }.joined(separator: ": "))")
    }

    static func list(_ trouble: PageTrouble) -> String { trouble.words("This list could not be read.") }
}

/// Of the status what everybody on this machine may see: numbers, times and words of ours, none that others wrote.
enum PublicStatus {
    static func of(_ status: Status) -> JSONValue {
        let now = status.observed_at, circuit = status.circuit
        return .object([
            "sentence": .string(sentence(status)), "service_status": .string(status.service_status.rawValue),
            "level": .string(Words.count(status.level)),
            "level_name": .string(DegradationLevel(rawValue: status.level)?.title ?? "unknown"),
            "host": .string(VisibleText.of(status.host)), "observed_at": ShownValue.of(now, now: now),
            // Of both all members are numbers and times.
            "queue_status": ShownValue.of(status.queue_status, now: now),
            "retry_queue": ShownValue.of(status.retry_queue, now: now),
            "circuit": .object([
                "state": .string(Circuit.State(rawValue: circuit.state)?.rawValue ?? "none"),
                "since": ShownValue.of(circuit.since as Any, now: now),
            ]),
        ])
    }

    /// The status' own sentence names keys, addresses and what a provider said; this one only the kind of trouble.
    static func sentence(_ status: Status) -> String {
        let service = status.service_status.rawValue
        if status.service_status == .running, status.troubles.isEmpty { return "All is well." }
        var what = ""
        if let worst = status.troubles.first {
            what = ": \(worst.kind.rawValue.replacing("_", with: " "))"
            let more = status.troubles.count - 1
            if more > 0 { what += " and \(Words.count(more)) other trouble\(more == 1 ? "" : "s")" }
        }
        return service.prefix(1).uppercased() + service.dropFirst() + what
            + ". Run 'holdfast status' or open the page with its token for more."
    }
}
