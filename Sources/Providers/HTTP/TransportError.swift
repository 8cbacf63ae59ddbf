internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Why a request got no reply.
enum TransportError: Error, Sendable, Equatable {
    /// One of our own deadlines was reached.
    case timeout(String)
    /// The caller does not want the reply any more.
    case cancelled
    case tooLarge(limit: Int)
    /// The text holds a word of the kind classifiers know: ECONNREFUSED, ENOTFOUND, CERTIFICATE_VERIFY_FAILED.
    case unreachable(String)
}

extension TransportError {
    /// Reads an error of the HTTP client: its own texts name types of its making, not what went wrong.
    init(reading error: any Error) {
        switch error {
        case is CancellationError: self = .cancelled
        case let error as TransportError: self = error
        case let error as HTTPClientError: self = Self.client(error)
        case let error as NIOConnectionError: self = .unreachable(Self.connection(error))
        case let error as IOError: self = .unreachable(Self.name(of: error.errnoCode))
        case is HTTPParserError: self = .unreachable("ECONNRESET: the reply is broken HTTP, or was cut off")
        case ChannelError.connectTimeout: self = .unreachable("ETIMEDOUT: connect timeout")
        case is ChannelError: self = .unreachable("ECONNRESET: the connection was closed")
        default: self = .unreachable(Self.other(error))
        }
    }

    private static func client(_ error: HTTPClientError) -> TransportError {
        switch error {
        case .cancelled: .cancelled
        case .deadlineExceeded: .timeout("the deadline was over")
        case .readTimeout, .writeTimeout: .timeout("nothing moved for too long")
        case .connectTimeout, .getConnectionFromPoolTimeout: .unreachable("ETIMEDOUT: connect timeout")
        case .tlsHandshakeTimeout: .unreachable("ETIMEDOUT: connect timeout (TLS handshake)")
        case .httpProxyHandshakeTimeout: .unreachable("ETIMEDOUT: connect timeout (proxy handshake)")
        case .remoteConnectionClosed: .unreachable("ECONNRESET: the connection was closed before the reply was whole")
        case .proxyAuthenticationRequired: .unreachable("the proxy wants a user and a password (407)")
        case .invalidProxyResponse: .unreachable("the proxy refused to connect us (invalid proxy response)")
        default: .unreachable(error.shortDescription)
        }
    }

    private static func connection(_ error: NIOConnectionError) -> String {
        // One family without addresses is normal: DNS failed only where no connection was even tried.
        guard let failure = error.connectionErrors.last else { return "ENOTFOUND: no address for this host name" }
        if let failure = failure.error as? IOError { return name(of: failure.errnoCode) }
        if case ChannelError.connectTimeout = failure.error { return "ETIMEDOUT: connect timeout" }
        return other(failure.error)
    }

    private static func name(of number: Int32) -> String {
        switch number {
        case ECONNREFUSED: "ECONNREFUSED: nobody listens there"
        case ECONNRESET: "ECONNRESET: the connection was closed"
        case EPIPE: "EPIPE: the connection was closed"
        case ETIMEDOUT: "ETIMEDOUT: connect timeout"
        case EHOSTUNREACH: "EHOSTUNREACH: no route to this host"
        case ENETUNREACH: "ENETUNREACH: the network is unreachable"
        case EMFILE, ENFILE: "EMFILE: too many open files"
        default: "errno \(number)"
        }
    }

    private static func other(_ error: any Error) -> String {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "ERR_TLS_CERT_ALTNAME_INVALID: the certificate is for another host name"
        }
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "CERTIFICATE_VERIFY_FAILED: the certificate is not trusted; name your own authority's in ca_file"
        }
        return error is NIOSSLError || error is BoringSSLError ? "EPROTO: TLS failed: \(text)" : text
    }
}
