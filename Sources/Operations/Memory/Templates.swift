internal import Domain
internal import LanguageModel
internal import Settings

/// A text that a model is asked with.
package struct TemplateView: Encodable, Sendable {
    package let name: String
    /// What it is for.
    package let purpose: String
    /// The file that it is of; nil where it is built in.
    @OrNull package var file: String?
    /// What it may name, as `{{{name}}}`.
    package let variables: [String]
    package let text: String
}

extension Workplace {
    /// The texts in use.
    /// - Parameter project: a folder that sessions work in; nil for what holds everywhere.
    /// - Throws: `ConfigurationError` where one of them cannot be used.
    package func templates(project: String?) throws -> [TemplateView] {
        _ = try PromptShelf(settings)
        let own = project.map { [PromptShelf.folder(of: $0, settings)] } ?? []
        return try PromptLibrary.File.allCases.map { file in
            let (text, place) = try PromptLibrary.text(of: file, own + [PromptShelf.folder(settings)])
            var view = TemplateView(
                name: file.rawValue, purpose: file.purpose, variables: file.variables, text: text)
            view.file = place
            return view
        }
    }

    /// - Throws: `Failure` for a name that none has.
    package func template(_ name: String, project: String?) throws -> TemplateView {
        let all = try templates(project: project)
        guard let found = all.first(where: { $0.name == name || $0.name == name + ".mustache" }) else {
            throw Failure(
                .badInput, "'\(name)' is no template",
                remedy: "there are \(all.map(\.name).joined(separator: ", "))", category: .not_found)
        }
        return found
    }

    /// Where a file of one's own is to lie.
    package func templateFolder(project: String?) -> String {
        project.map { PromptShelf.folder(of: $0, settings) } ?? PromptShelf.folder(settings)
    }
}
