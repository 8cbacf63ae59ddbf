/// A part of the status: figures that belong together, and all that is said of them. Its stored members are its JSON; it
/// says its metrics, its row of the table, its list on the page, the troubles that it can judge and what it is evidence of. A figure is added in
/// the file of its section, where it is looked for (`Observation`) and in the schema; no surface knows of single figures.
///
/// Each takes the whole status: what is said of a part may depend on its neighbours.
package protocol StatusSection: Codable, Sendable {
    /// With those that are only counted in Redis, which have no figure here.
    func metrics(in status: Status) -> [Metric]
    /// What the table says of it; nil for a section that shares the row of another.
    func row(in status: Status) -> StatusRow?
    /// What the page lists of it, in that order.
    func facts(in status: Status) -> [Fact]
    func troubles(_ judgement: Judgement) -> [Trouble]
    /// What its figures are evidence of. What fails there and is no trouble yet becomes one (`Judgement`).
    func evidence(_ judgement: Judgement) -> [Evidence]
}

extension StatusSection {
    package func metrics(in status: Status) -> [Metric] { [] }
    package func row(in status: Status) -> StatusRow? { nil }
    package func facts(in status: Status) -> [Fact] { [] }
    package func troubles(_ judgement: Judgement) -> [Trouble] { [] }
    package func evidence(_ judgement: Judgement) -> [Evidence] { [] }
}

/// A row of the status' table.
package struct StatusRow: Sendable {
    package let name: String
    package let text: String

    package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}
