package import Domain

/// One file of a session that is to be kept, and what is known of it.
package struct KeepRequest: Sendable {
    package var session: SessionID
    /// From the folder of the session's transcript on.
    package var name: String
    package var path: String
    package var configDirectory: String
    package var host: String
    package var cwd = ""
    package var branch = ""
    package var commit = ""
    /// It consists of lines: the last is kept when it is whole.
    package var isOfLines: Bool
    /// Nothing was added to it for a while: a last line without its end is all there will be of it.
    package var isAtRest: Bool
    package var nowMilliseconds: Int64

    package init(
        session: SessionID, name: String, path: String, configDirectory: String, host: String, isOfLines: Bool,
        isAtRest: Bool, nowMilliseconds: Int64
    ) {
        self.session = session
        self.name = name
        self.path = path
        self.configDirectory = configDirectory
        self.host = host
        self.isOfLines = isOfLines
        self.isAtRest = isAtRest
        self.nowMilliseconds = nowMilliseconds
    }
}

/// What came of it.
package struct KeepOutcome: Sendable, Equatable {
    /// Bytes of the file that were taken in now, cut or not.
    package var taken: Int64 = 0
    /// Up to where the file is kept.
    package var end: Int64 = 0
    /// Of the file when it was looked at.
    package var size: Int64 = 0
    /// Which of those that stood under its name it is.
    package var generation = 0
}
