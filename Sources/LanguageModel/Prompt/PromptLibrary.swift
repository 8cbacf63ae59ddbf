internal import Domain
internal import Mustache
internal import SystemPackage

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
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
            return try descriptor.closeAfter {
                var bytes = [UInt8](repeating: 0, count: mostBytes + 1)
                var count = 0
                while count < bytes.count {
                    let read = try unsafe bytes.withUnsafeMutableBytes { buffer in
                        try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                    }
                    if read == 0 { break }
                    count += read
                }
                guard count <= mostBytes else {
                    throw PromptError(file: path, reason: "larger than \(mostBytes) bytes")
                }
                return String(decoding: bytes[..<count], as: UTF8.self)
            }
        } catch let error as PromptError {
            throw error
        } catch let error as Errno {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw PromptError(file: path, reason: "cannot be read (\(error))")
        } catch {
            throw PromptError(file: path, reason: "cannot be read (\(error))")
        }
    }
}
