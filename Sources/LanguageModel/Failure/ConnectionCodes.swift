internal import Domain

/// Names of failures on the way to a reply: POSIX, Node, undici, Bun, OpenSSL, Python, Chromium.
///
/// https://nodejs.org/api/errors.html, https://nodejs.org/api/tls.html#x509-certificate-error-codes,
/// https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md
enum ConnectionCodes {
    static func reason(_ code: String) -> FailureReason? {
        if certificates.contains(code) { return .untrustedCertificate }
        if timeouts.contains(code) { return .plain(.timeout) }
        return network.contains(code) ? .plain(.network) : nil
    }

    private static let timeouts: Set = [
        "etimedout", "esockettimedout", "etimeout", "underrconnecttimeout", "underrheaderstimeout",
        "underrbodytimeout", "errsocketconnectiontimeout", "headerstimeouterror", "bodytimeouterror",
        "connectiontimeout", "connectiontimeouterror", "operationtimedout", "connectiontimedout", "errtimedout",
        "errconnectiontimedout", "pooltimeout", "writetimeout", "httpreadtimeouterror", "serversockettimeout",
        "serverdisconnectedtimeout", "connectiontimeouterror", "sockettimeouterror", "maxretriestimeout",
    ]

    private static let network: Set = [
        "econnrefused", "econnreset", "enotfound", "eaiagain", "ehostunreach", "enetunreach", "epipe", "enetdown",
        "ehostdown", "eaddrnotavail", "eproto", "enetreset", "enotconn", "connectionrefused", "connectionreset",
        "connectionclosed", "failedtoopensocket", "underrsocket",
        "underrclosed", "underrdestroyed", "underraborted", "remoteprotocolerror", "clientconnectorerror",
        "clientconnectordnserror", "connecterror", "serverdisconnectederror", "newconnectionerror", "gaierror",
        "nameresolutionerror", "errnetwork", "errinternetdisconnected", "errnamenotresolved", "errconnectionrefused",
        "errconnectionreset", "errconnectionclosed", "errnetworkchanged", "errsocketclosed", "dnsexception",
        "clientoserror", "incompleteread", "chunkedencodingerror", "brokenpipeerror", "connectionreseterror",
        "connectionrefusederror", "connectionabortederror", "errstreamprematureclose", "proxyerror", "readerror",
        "writeerror", "clientpayloaderror", "errproxyconnectionfailed", "erremptyresponse", "serverconnectionerror",
        "couldntconnect", "apiremovedconnection", "unexpectedeof", "endpointconnectionerror", "connectionclosederror",
        "errsslwrongversionnumber", "underrproxy", "hosterror", "enetworkunreachable",
    ]

    private static let certificates: Set = [
        "unknowncertificateverificationerror", "certhasexpired", "depthzeroselfsignedcert", "selfsignedcertinchain",
        "unabletoverifyleafsignature", "unabletogetissuercertlocally", "unabletogetissuercert", "certrejected",
        "errtlscertaltnameinvalid", "certificateverifyfailed", "sslcertverificationerror", "unknownissuer",
        "certuntrusted", "certnotyetvalid", "certsignaturefailure", "errcertauthorityinvalid", "certrevoked",
        "errcertdateinvalid", "errcertcommonnameinvalid", "invalidca", "certchaintoolong", "sslcertificateerror",
        "clientconnectorcertificateerror", "errtlscertsignaturealgorithmunsupported", "peerfailedverification",
    ]
}
