internal import Domain
internal import Glibc

/// Why the kernel would not let us listen, and the way out.
struct ListenTrouble: CustomStringConvertible {
    let address: LoopbackAddress
    let number: Int32

    var description: String {
        let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        guard case .tcp(let host, let port) = address else {
            return "cannot listen on \(address) (\(reason)); mend dashboard.listen"
        }
        switch number {
        case EADDRINUSE:
            return "port \(port) is taken by another program; stop it, or set dashboard.listen to another port"
        case EACCES: return "port \(port) is for root only; set dashboard.listen to a port above 1023"
        case EADDRNOTAVAIL: return "this machine has no address \(host); set dashboard.listen to 127.0.0.1:PORT"
        default: return "cannot listen on \(address) (\(reason)); set dashboard.listen to another port"
        }
    }
}
