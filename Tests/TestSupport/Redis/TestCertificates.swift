internal import Subprocess
internal import Testing

/// Certificates of an authority of a test's own, made by `openssl` (openssl-ca(1)).
package struct TestCertificates: Sendable {
    private let scratch: Scratch

    /// The authority's.
    package var authority: String { scratch.path + "/ca.pem" }
    package func certificate(_ name: String) -> String { "\(scratch.path)/\(name).pem" }
    package func key(_ name: String) -> String { "\(scratch.path)/\(name).key" }

    package init() async throws {
        scratch = try Scratch()
        try scratch.write(
            """
            [ca]
            default_ca = own
            [own]
            database = \(scratch.path)/index
            new_certs_dir = \(scratch.path)
            serial = \(scratch.path)/serial
            default_md = sha256
            policy = any
            unique_subject = no
            copy_extensions = copy
            [any]
            commonName = supplied
            """, to: "ca.cnf")
        try scratch.write("", to: "index")
        try scratch.write("01\n", to: "serial")
        try await openssl(
            ["req", "-x509"] + Self.newKey + [
                "-keyout", key("ca"), "-out", authority, "-subj", "/CN=Test authority", "-days", "2",
            ])
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    /// Makes one for this machine, in the place of one of the same name.
    /// - Parameter hasExpired: it was valid for a month, years ago.
    package func make(_ name: String, for names: String = "DNS:localhost,IP:127.0.0.1", hasExpired: Bool = false)
        async throws
    {
        try await openssl(
            ["req", "-new"] + Self.newKey + [
                "-keyout", key(name), "-out", "\(scratch.path)/\(name).csr", "-subj", "/CN=\(name)", "-addext",
                "subjectAltName=\(names)",
            ])
        let validity = hasExpired ? ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] : ["-days", "1"]
        try await openssl(
            [
                "ca", "-batch", "-notext", "-config", "\(scratch.path)/ca.cnf", "-cert", authority, "-keyfile",
                key("ca"), "-in", "\(scratch.path)/\(name).csr", "-out", certificate(name),
            ] + validity)
    }

    private func openssl(_ words: [String]) async throws {
        let result = try await Subprocess.run(
            .name("openssl"), arguments: Arguments(words), input: .none, output: .discarded,
            error: .string(limit: 1 << 16))
        try #require(result.terminationStatus.isSuccess, "openssl \(words): \(result.standardError)")
    }

    /// What a Redis that speaks TLS alone is started with.
    /// - Parameter wantsOurs: whether its clients have to show a certificate.
    package func arguments(_ name: String, port: Int, wantsOurs: Bool = false) -> [String] {
        [
            "--tls-port", "\(port)", "--tls-cert-file", certificate(name), "--tls-key-file", key(name),
            "--tls-ca-cert-file", authority, "--tls-auth-clients", wantsOurs ? "yes" : "no", "--tls-replication", "yes",
        ]
    }
}
