internal import Domain
internal import Glibc
internal import Mustache
internal import Platform
package import Settings

/// The texts models are asked with: ours, or the user's own.
package struct PromptLibrary: Sendable {
    private let system: MustacheTemplate
    private let user: MustacheTemplate

    package static let systemFile = "memory-system.mustache"
    package static let userFile = "memory-user.mustache"

    /// The built-in text of a file.
    package static func builtIn(_ file: String) -> String {
        String(
            decoding: file == systemFile
                ? PackageResources.memory_system_mustache : PackageResources.memory_user_mustache, as: UTF8.self)
    }

    private static let mostBytes = 64 << 10

    /// - Parameter folder: where files of the same names replace ours; nil or absent: none are replaced.
    package init(folder: String?) throws(PromptError) {
        system = try Self.template(Self.systemFile, folder, needs: [])
        // Without its fence a conversation would be read as ours to follow.
        user = try Self.template(Self.userFile, folder, needs: ["conversation", "boundary"])
    }

    package func request(_ prompt: MemoryPrompt, maxOutputTokens: Int) -> ModelRequest {
        let values = prompt.values
        return ModelRequest(
            system: system.render(values), prompt: user.render(values), maxOutputTokens: maxOutputTokens)
    }

    private static func template(
        _ name: String, _ folder: String?, needs: [String]
    ) throws(PromptError) -> MustacheTemplate {
        let file = folder.map { $0 + "/" + name }
        var text = builtIn(name)
        if let file, let own = try contents(file) { text = own }
        func refuse(_ reason: String) -> PromptError { PromptError(file: file ?? name, reason: reason) }
        let tags = TemplateTags.problem(in: text, known: MemoryPrompt.variables)
        if let reason = tags.reason { throw refuse(reason) }
        for name in needs where !tags.names.contains(name) { throw refuse("{{{\(name)}}} is missing") }
        do {
            // Prompts are no HTML: nothing in them is escaped, however the tag is written.
            return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + text)
        } catch let error as MustacheTemplate.ParserError {
            // The line before the text is ours.
            throw refuse("line \(error.context.lineNumber - 1): \(error.error)")
        } catch {
            throw refuse("\(error)")
        }
    }

    /// - Returns: nil when there is no such file.
    private static func contents(_ path: String) throws(PromptError) -> String? {
        let bytes: [UInt8]
        do throws(TrustedFile.Fault) {
            bytes = try TrustedFile.bytes(path, limit: mostBytes + 1)
        } catch {
            switch error {
            case .failed(let error) where error.isMissing || error.number == ENOTDIR: return nil
            case .failed(let error): throw PromptError(file: path, reason: "cannot be read (\(error.reason))")
            case .foreign(let fault): throw PromptError(file: path, reason: "\(fault.reason); \(fault.remedy)")
            }
        }
        guard bytes.count <= mostBytes else { throw PromptError(file: path, reason: "larger than \(mostBytes) bytes") }
        return String(decoding: bytes, as: UTF8.self)
    }
}

// MARK: - Where they come from

extension PromptLibrary {
    /// Where the user's own texts lie.
    package static func folder(_ settings: Settings) -> String { settings.configFolder + "/prompts" }

    /// The texts in use: the user's own where there are some.
    package init(_ settings: Settings) throws(ConfigurationError) {
        do throws(PromptError) {
            self = try PromptLibrary(folder: Self.folder(settings))
        } catch {
            throw ConfigurationError(
                place: error.file, value: error.reason, allowed: "mend it, or delete it to use ours")
        }
    }
}

extension Settings {
    /// Checks all that can be checked of the provider without asking anybody: keys, headers, addresses, templates.
    package func checkProvider() throws(ConfigurationError) {
        _ = try ProviderEndpoint(self)
        _ = try PromptLibrary(self)
    }
}

/// A template of the user's that cannot be used.
package struct PromptError: Error, Sendable, Equatable, CustomStringConvertible {
    package var file: String
    package var reason: String

    package var description: String {
        "\(file): \(reason); correct it, or remove the file to use the built-in text"
    }
}
