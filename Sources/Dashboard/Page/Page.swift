internal import Domain
internal import Mustache
package import Operations

/// The operator's page: from what the API answers to HTML.
package struct Page: Sendable {
    private let template: MustacheTemplate

    package init() throws {
        let text = String(decoding: PackageResources.page_mustache, as: UTF8.self)
        // `DrawnValue` escapes; a second time would be seen.
        template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + text)
    }

    /// For who has the token.
    package func full(status: Status, query: PageQuery, lists: PageLists) -> String {
        render(PageContext.full(status, query, lists), PageContext.facts(status, isFull: true))
    }

    /// For everybody on this machine: no key, no session, nothing that a provider said.
    package func reduced(status: Status) -> String {
        render(PageContext.reduced(status), PageContext.facts(status, isFull: false))
    }

    private func render(_ context: JSONValue, _ facts: [String: String]) -> String {
        var values: [String: Any] = (context.members ?? [:]).mapValues(DrawnValue.of)
        values["facts"] = facts
        return template.render(values)
    }
}
