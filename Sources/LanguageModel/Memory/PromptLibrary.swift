internal import Domain
internal import Glibc
internal import Mustache
internal import Platform
package import Settings

/// The texts models are asked with: ours, or the user's own.
package struct PromptLibrary: Sendable {
    private let memory: Texts
    private let session: Texts
    private let message: Texts

    /// What a model is told that it is, and what it is asked.
    private struct Texts: Sendable {
        let system: MustacheTemplate
        let user: MustacheTemplate

        func request(_ values: [String: String], maxOutputTokens: Int) -> ModelRequest {
            ModelRequest(
                system: system.render(values), prompt: user.render(values), maxOutputTokens: maxOutputTokens)
        }
    }

    /// The texts there are, by the file that replaces one.
    package enum File: String, Sendable, CaseIterable {
        case memorySystem = "memory-system.mustache"
        case memoryUser = "memory-user.mustache"
        case sessionSystem = "session-system.mustache"
        case sessionUser = "session-user.mustache"
        case messageSystem = "message-system.mustache"
        case messageUser = "message-user.mustache"

        package var builtIn: String {
            let bytes =
                switch self {
                case .memorySystem: PackageResources.memory_system_mustache
                case .memoryUser: PackageResources.memory_user_mustache
                case .sessionSystem: PackageResources.session_system_mustache
                case .sessionUser: PackageResources.session_user_mustache
                case .messageSystem: PackageResources.message_system_mustache
                case .messageUser: PackageResources.message_user_mustache
                }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Every variable that it may name.
        package var variables: [String] {
            switch self {
            case .memorySystem, .memoryUser: MemoryPrompt.variables
            case .sessionSystem, .sessionUser: SessionPrompt.variables
            case .messageSystem, .messageUser: LongMessages.variables
            }
        }

        /// Without its fence what was said would be read as ours to follow.
        var needs: [String] {
            switch self {
            case .memorySystem, .sessionSystem, .messageSystem: []
            case .memoryUser: ["conversation", "boundary"]
            case .sessionUser: ["memories", "boundary"]
            case .messageUser: ["messages", "boundary"]
            }
        }

        /// For people.
        package var purpose: String {
            switch self {
            case .memorySystem: "what a model is told before it makes a memory of an episode"
            case .memoryUser: "an episode as it is shown to the model"
            case .sessionSystem: "what a model is told before it summarises a session"
            case .sessionUser: "a session's memories as they are shown to the model"
            case .messageSystem: "what a model is told before it sums up long messages"
            case .messageUser: "long messages as they are shown to the model"
            }
        }
    }

    private static let mostBytes = 64 << 10

    /// - Parameter folders: where files of the same names replace ours, the first that has one; absent ones replace none.
    package init(folders: [String]) throws(PromptError) {
        memory = Texts(
            system: try Self.template(.memorySystem, folders), user: try Self.template(.memoryUser, folders))
        session = Texts(
            system: try Self.template(.sessionSystem, folders), user: try Self.template(.sessionUser, folders))
        message = Texts(
            system: try Self.template(.messageSystem, folders), user: try Self.template(.messageUser, folders))
    }

    package init(folder: String?) throws(PromptError) { try self.init(folders: folder.map { [$0] } ?? []) }

    package func request(_ prompt: MemoryPrompt, maxOutputTokens: Int) -> ModelRequest {
        memory.request(prompt.values, maxOutputTokens: maxOutputTokens)
    }

    package func request(_ prompt: SessionPrompt, maxOutputTokens: Int) -> ModelRequest {
        session.request(prompt.values, maxOutputTokens: maxOutputTokens)
    }

    package func request(_ messages: LongMessages, maxOutputTokens: Int) -> ModelRequest {
        message.request(messages.values, maxOutputTokens: maxOutputTokens)
    }

    private static func template(_ kind: File, _ folders: [String]) throws(PromptError) -> MustacheTemplate {
        let (text, file) = try self.text(of: kind, folders)
        func refuse(_ reason: String) -> PromptError { PromptError(file: file ?? kind.rawValue, reason: reason) }
        let tags = TemplateTags.problem(in: text, known: kind.variables)
        if let reason = tags.reason { throw refuse(reason) }
        for name in kind.needs where !tags.names.contains(name) { throw refuse("{{{\(name)}}} is missing") }
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

    /// - Returns: the text in use, and the file that it is of; nil where it is ours.
    package static func text(of kind: File, _ folders: [String]) throws(PromptError) -> (text: String, file: String?) {
        for file in folders.map({ $0 + "/" + kind.rawValue }) {
            if let own = try contents(file) { return (own, file) }
        }
        return (kind.builtIn, nil)
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

/// The texts in use: of all projects, and of those that have some of their own.
package struct PromptShelf: Sendable {
    private let general: PromptLibrary
    private let ofProjects: [String: PromptLibrary]

    /// Where the user's own texts lie.
    package static func folder(_ settings: Settings) -> String { settings.configFolder + "/prompts" }

    /// Where texts for one project lie: nobody who hands out a project may say what our model is told.
    package static func folder(of project: String, _ settings: Settings) -> String {
        "\(folder(settings))/projects/\(name(of: project))"
    }

    /// As clients name a project's folder: what is no letter and no digit is a hyphen.
    package static func name(of project: String) -> String {
        String(project.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }

    /// - Throws: `ConfigurationError` for a text that cannot be used, of whatever project.
    package init(_ settings: Settings) throws(ConfigurationError) {
        let folder = Self.folder(settings)
        do throws(PromptError) {
            general = try PromptLibrary(folder: folder)
            var found: [String: PromptLibrary] = [:]
            for name in Self.projects(folder) {
                found[name] = try PromptLibrary(folders: ["\(folder)/projects/\(name)", folder])
            }
            ofProjects = found
        } catch {
            throw ConfigurationError(
                place: error.file, value: error.reason, allowed: "mend it, or delete it to use ours")
        }
    }

    package static func projects(_ folder: String) -> [String] {
        ((try? Files.names(in: folder + "/projects")) ?? []).sorted()
    }

    /// - Parameter project: the folder that a session works in; empty where it is not known.
    package func library(for project: String) -> PromptLibrary {
        project.isEmpty ? general : ofProjects[Self.name(of: project)] ?? general
    }
}

extension Settings {
    /// Checks all that can be checked of the provider without asking anybody: keys, headers, addresses, templates.
    package func checkProvider() throws(ConfigurationError) {
        _ = try ProviderEndpoint(self)
        _ = try PromptShelf(self)
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
