internal import Domain

/// What clients say of a connection: Node, undici, Bun, Python, Go, Rust, curl, gRPC, proxies.
enum ConnectionPhrases {
    static let rules = [
        MessageRules.Rule(
            .untrustedCertificate,
            [
                "certificate verif", "certificate_verify", "certificate is not trusted", "certificate not trusted",
                "certificate has expired", "certificate expired", "certificate is expired", "expired certificate",
                "self-signed certificate", "self signed certificate", "unable to verify*certificate",
                "local issuer certificate", "issuer certificate", "x509:", "unknown authority", "unknownissuer",
                "unknown issuer", "invalid peer certificate", "certificate unknown", "unknown ca",
                "certificate's altnames", "certificate subject name", "hostname mismatch", "ssl certificate problem",
                "certificate*not valid", "certificate is invalid", "invalid certificate", "not yet valid",
                "bad certificate", "server certificate", "certificate chain",
            ]),
        MessageRules.Rule(
            .plain(.timeout),
            [
                "this operation was aborted", "timed out", "timeout", "time-out", "time out", "deadline exceeded",
                "deadline expired", "took too long", "aborted due to time", "exceeded the time limit",
                "no response within", "etimedout",
            ]),
        MessageRules.Rule(
            .plain(.aborted),
            [
                "request was aborted", "request aborted", "user aborted", "aborted by user", "aborted by the user",
                "context canceled", "context cancelled", "request was cancelled", "request was canceled",
                "request cancelled", "request canceled", "cancelled by", "canceled by", "interrupted by user",
                "interrupted by the user", "operation was canceled", "operation was cancelled", "client closed request",
                "operation cancelled", "operation canceled", "client disconnected", "client closed connection",
                "cancelled on the client", "keyboardinterrupt", "operation was aborted", "request interrupted",
            ]),
        MessageRules.Rule(
            .plain(.network),
            [
                "connection error", "connection refused", "connection reset", "connection closed",
                "connection was closed",
                "connection aborted", "connection lost", "connection terminated", "connection broken",
                "connection failed",
                "connection attempts failed", "connection dropped", "closed connection", "closed the connection",
                "connection unexpectedly", "connection*closed unexpectedly", "disconnected without sending",
                "server disconnected", "socket hang up", "socket closed", "socket connection was closed",
                "other side closed",
                "fetch failed", "failed to fetch", "unable to connect", "could not connect", "couldn't connect",
                "failed to connect", "cannot connect", "can't connect", "failed to open socket", "name resolution",
                "name or service not known", "nodename nor servname", "no such host", "could not resolve host",
                "couldn't resolve host", "dns error", "dns lookup", "failed to lookup address", "getaddrinfo",
                "address lookup", "no route to host", "network is unreachable", "network unreachable", "network error",
                "network is down", "host is down", "host unreachable", "broken pipe", "unexpected eof",
                "unexpected end of file", "peer closed connection", "incomplete chunked read", "incompleteread",
                "error sending request", "premature close", "premature end", "^terminated", "typeerror: terminated",
                "stream closed", "http2: ", "goaway", "read: eof", ": eof", "^eof",
                "error reading a body", "error decoding response body", "recv failure", "empty reply from server",
                "ssl_error_syscall", "ssl routines", "tls handshake", "ssl handshake", "wrong version number",
                "handshake failure", "ssl error", "ssl connect error", "tls error", "actively refused",
                "max retries exceeded with url", "proxy error", "tunnel connection failed", "unable to access",
                "the internet connection appears to be offline", "not connected to the internet",
                "network connection was lost", "econnre", "fetch error", "connect error", "connecterror",
                "transport is closing", "all connection attempts", "load failed", "networkerror",
                "network request failed",
                "reset by peer", "connection was reset", "connection was forcibly closed", "forcibly closed",
                "stream error", "error in the http2", "transfer closed", "response ended prematurely",
                "protocol error", "socketerror", "socket error", "could not be reached", "unreachable",
            ]),
    ]

    /// Words clients put before any other cause.
    static let general = [MessageRules.Rule(.plain(.network), ["stream disconnected"])]
}
