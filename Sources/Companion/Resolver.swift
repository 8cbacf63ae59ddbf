internal import Glibc

/// Names to addresses, by the system's resolver.
enum Resolver {
    static func address(of name: String) -> String? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &found) == 0, let first = unsafe found else { return nil }
        defer { unsafe freeaddrinfo(first) }
        var text = [CChar](repeating: 0, count: 64)
        let length = unsafe first.pointee.ai_addrlen
        guard unsafe getnameinfo(first.pointee.ai_addr, length, &text, 64, nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
