internal import Domain
internal import Platform

extension SessionStore {
    /// Removes a transcript; with a session's own all that is stored of the session.
    package func remove(_ key: StoreKey) throws(StoreError) {
        try locked { () throws(FileError) in
            for path in [own, copies].map({ file(key, in: $0) }) {
                Files.remove(path)
                if key.subpath == nil { Files.removeFolder(String(path.dropLast(ClaudeCode.suffix.count))) }
            }
            if key.subpath == nil { Files.remove(summaryFile(key)) }
        }
    }

    /// A file that is stored, whatever its name.
    package struct File: Sendable {
        package var path: String
        /// Whose folder it lies in, or whose own it is.
        package var session: String
        package var isTranscript: Bool
    }

    package var files: [File] {
        ([own, copies].map { client.storage(in: $0) } + [summaries]).flatMap { storage in
            ((try? Files.names(in: storage)) ?? []).flatMap { project in files(in: "\(storage)/\(project)", of: nil) }
        }
    }

    private func files(in folder: String, of session: String?) -> [File] {
        ((try? Files.names(in: folder)) ?? []).sorted().flatMap { name -> [File] in
            let path = "\(folder)/\(name)"
            if Files.isFolder(path) { return files(in: path, of: session ?? name) }
            let isTranscript = name.hasSuffix(ClaudeCode.suffix)
            let own = String(name.dropLast(isTranscript ? ClaudeCode.suffix.count : Self.summarySuffix.count))
            return [File(path: path, session: session ?? own, isTranscript: isTranscript)]
        }
    }

    package func remove(_ file: File) throws(StoreError) {
        try locked { () throws(FileError) in Files.remove(file.path) }
    }

    /// Takes lines out of a transcript.
    package func remove(
        from file: File, where isForgotten: (ArraySlice<UInt8>) -> Bool
    ) throws(StoreError) {
        try locked { () throws(FileError) in
            let lines = try Files.bytes(file.path, limit: .max).split(separator: 10)
            let rest = lines.filter { !isForgotten($0) }
            guard rest.count < lines.count else { return }
            try Files.write(rest.flatMap { $0 + [10] }, to: file.path, isSynced: true)
        }
    }
}
