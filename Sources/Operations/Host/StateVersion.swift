internal import Domain
package import Platform
package import Settings

extension StateFolder {
    /// Refuses what a newer version wrote: an older one may not understand it, and would say so in the middle of a night.
    /// - Throws: `Failure`.
    package func checkVersion(own: String = Holdfast.version) throws(Failure) {
        guard let text = try? Files.read(version), let last = ProgramVersion(text.prefix { !$0.isNewline }),
            let own = ProgramVersion(own), own < last
        else { return }
        throw Failure(
            .configuration, "\(path) was written by holdfast \(last), and this is \(own)",
            remedy: "install \(last) or later; to go on with this one all the same: rm \(version)")
    }

    /// From now on no older version is to write here.
    /// - Throws: `FileError`.
    package func noteVersion(_ own: String = Holdfast.version) throws(FileError) {
        if (try? Files.read(version)) != own + "\n" { try Files.write(own + "\n", to: version) }
    }
}
