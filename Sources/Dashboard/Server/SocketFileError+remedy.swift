internal import Platform

extension SocketFileError {
    /// What is to be done where `dashboard.listen` names the socket.
    var remedy: String {
        switch self {
        case .inUse: "stop it, or set dashboard.listen to another path"
        case .notASocket: "remove it, or set dashboard.listen to another path"
        case .tooLong: "set dashboard.listen to a shorter one"
        case .noFolder: "make the folder, or mend dashboard.listen"
        case .notNamed: "mend the folder's mode, or dashboard.listen"
        }
    }
}
