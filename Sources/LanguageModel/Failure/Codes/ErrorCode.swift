internal import Domain

/// The spelling of error codes. `RESOURCE_EXHAUSTED`, `ResourceExhausted` and `resource-exhausted` are one code.
enum ErrorCode {
    /// In lower case, letters and digits alone, without what stands before the last `#`, `.`, `/` or `:`
    /// (`com.amazonaws#ThrottlingException`, `litellm.RateLimitError`).
    static func normal(_ text: String) -> String {
        var name: [UInt8] = []
        for byte in text.utf8.prefix(160) {
            if byte.isAlphanumeric {
                name.append(byte.lowered)
            } else if [UInt8(ascii: "#"), .dot, UInt8(ascii: "/")].contains(byte) {
                name.removeAll(keepingCapacity: true)
            } else if byte == .colon {
                break
            }
        }
        return String(bytes: name)
    }

    /// Whether a word is written as code is, and not as a word of a sentence.
    static func looksLikeOne(_ text: String) -> Bool { looksLikeOne(Array(text.utf8.prefix(120))[...]) }

    private static func looksLikeOne(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 5, word.count < 100, word.allSatisfy({ $0.isAlphanumeric || $0 == .underscore }),
            word.contains(where: \.isLetter)
        else { return false }
        let isShouted = word.allSatisfy { !$0.isLetter || $0.isUpper }
        let hasInnerCapital = word.dropFirst().contains(where: \.isUpper)
        return word.contains(.underscore) || isShouted || hasInnerCapital
    }

    /// The words of running text that look like codes, in normal spelling.
    static func named(in text: ArraySlice<UInt8>) -> [String] {
        text.split { !($0.isAlphanumeric || $0 == .underscore) }.lazy
            .filter { looksLikeOne($0) }.prefix(200).map { normal(String(bytes: $0)) }
    }
}

/// Why an answer ended that came with a good status and says nothing.
enum Endings {
    /// Gemini's `finishReason` and `blockReason`, OpenAI's `finish_reason`, Anthropic's `stop_reason`.
    static func reason(_ ending: String) -> FailureReason? {
        switch ending {
        case "safety", "prohibitedcontent", "blocklist", "recitation", "spii", "contentfilter", "refusal",
            "imagesafety", "guardrailintervened", "contentfiltered":
            .plain(.contentFilter)
        case "modelcontextwindowexceeded": .plain(.contextLength)
        case "malformedfunctioncall", "error": .plain(.serverError)
        default: nil
        }
    }
}

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
