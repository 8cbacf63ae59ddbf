package import Domain
internal import Mustache

/// The operator's page: from what the API answers to HTML.
package struct Page: Sendable {
    private let template: MustacheTemplate

    package init() throws {
        let text = String(decoding: PackageResources.page_mustache, as: UTF8.self)
        // `DrawnValue` escapes; a second time would be seen.
        template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + text)
    }

    /// For who has the token.
    /// - Parameter status: as `/api/v1/status` answers; its time is the page's.
    package func full(status: JSONValue, query: PageQuery, lists: PageLists) -> String {
        template.render(DrawnValue.of(PageContext.full(status, query, lists)))
    }

    /// For everybody on this machine: no key, no session, nothing that a provider said.
    package func reduced(status: JSONValue) -> String {
        template.render(DrawnValue.of(PageContext.reduced(status)))
    }
}
