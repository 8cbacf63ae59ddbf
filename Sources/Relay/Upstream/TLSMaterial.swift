internal import Glibc
internal import NIOSSL
internal import Platform

/// What TLS goes by, read again when one of its files is another: certificates are renewed while we run.
struct TLSMaterial {
    private let files: RelayPlan.TLS
    private var known: (stamp: [String], configuration: TLSConfiguration, context: NIOSSLContext)?

    init(_ files: RelayPlan.TLS) { self.files = files }

    mutating func context() throws(UpstreamFailure) -> NIOSSLContext {
        let stamp = [files.authorities, files.certificate, files.key].map(Self.stamp)
        if let known, known.stamp == stamp { return known.context }
        let configuration = try read()
        do {
            let context = try NIOSSLContext(configuration: configuration)
            known = (stamp, configuration, context)
            return context
        } catch {
            throw UpstreamFailure(
                "redis.tls_cert_file, redis.tls_key_file: certificate and key do not go together (\(error))")
        }
    }

    /// For a look at a certificate that was refused: takes any.
    var lookingOnly: NIOSSLContext? {
        guard var configuration = known?.configuration else { return nil }
        configuration.certificateVerification = .none
        return try? NIOSSLContext(configuration: configuration)
    }

    private static func stamp(of path: String) -> String {
        guard !path.isEmpty, let status = try? Files.status(path) else { return "" }
        return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
    }

    private func read() throws(UpstreamFailure) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if !files.authorities.isEmpty {
            configuration.trustRoots = .certificates(try certificates(files.authorities, "redis.tls_ca_file"))
        }
        if !files.certificate.isEmpty {
            configuration.certificateChain = try certificates(files.certificate, "redis.tls_cert_file").map {
                .certificate($0)
            }
            do {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
            } catch {
                throw UpstreamFailure("redis.tls_key_file: \(files.key) is no readable private key in PEM form")
            }
        }
        return configuration
    }

    private func certificates(_ file: String, _ setting: String) throws(UpstreamFailure) -> [NIOSSLCertificate] {
        do {
            let found = try NIOSSLCertificate.fromPEMFile(file)
            if !found.isEmpty { return found }
        } catch {
            // Said below.
        }
        throw UpstreamFailure("\(setting): \(file) is no readable file of PEM certificates")
    }
}
