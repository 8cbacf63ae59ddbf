// swift-tools-version: 6.2
import PackageDescription

// Imports point down only: docs/architecture.md shows the floors, and config/house holds the imports against them.
// Hook and command line are linked static by `make`, on the command line: the flag here would break `swift test`.
let package = Package(
    name: "holdfast",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "holdfast", targets: ["holdfast"]),
        .executable(name: "holdfast-hook", targets: ["holdfast-hook"]),
        .executable(name: "holdfast-companion", targets: ["holdfast-companion"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Without its traits it brings no full Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .target(name: "Domain"),
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CZstd"),
        .target(name: "CPlatform"),
        .target(name: "Redaction"),
        // Apart from Domain, so that the hook links no crypto library.
        .target(name: "Authentication", dependencies: ["Domain", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "Platform", dependencies: ["CPlatform", "Domain"]),
        // The one that imports CZstd.
        .target(name: "Compression", dependencies: ["CZstd"]),
        // Beside Platform, since a hook links none of the runtime of concurrency.
        .target(name: "Threads"),
        .target(name: "Settings", dependencies: ["Domain", "Platform", "Redaction"]),
        .target(name: "Redis", dependencies: ["CHiredis", "Domain", "Platform"]),
        .target(
            name: "Storage",
            dependencies: ["Domain", "Platform", "Redis", "Settings"],
            resources: [.embedInCode("Scripts")]
        ),
        .target(
            name: "LanguageModel",
            dependencies: [
                "Domain", "Platform", "Settings", .product(name: "Mustache", package: "swift-mustache"),
            ],
            resources: [.embedInCode("Prompts")]
        ),
        .target(
            name: "Providers",
            dependencies: [
                "Authentication", "Domain", "LanguageModel", "Platform", "Redaction", "Settings",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "Archive",
            dependencies: [
                "Domain", "Platform", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Chronicle", dependencies: ["Domain", "Platform", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(
            name: "Vault",
            dependencies: [
                "Compression", "Domain", "Platform", "Settings", "Transcripts",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "SecondCopy",
            dependencies: [
                "Compression", "Domain", "Platform", "Redaction", "Threads",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(name: "Transcripts", dependencies: ["Domain", "Platform", "Redaction", "Settings"]),
        .target(
            name: "Capture",
            dependencies: ["Domain", "Redaction", "Redis", "Platform", "Settings", "Storage", "Transcripts"]),
        .target(
            name: "Hooks",
            dependencies: [
                "Capture", "Domain", "Platform", "Redaction", "Redis", "Settings", "Storage", "Transcripts",
            ]),
        .target(
            name: "Integrity",
            dependencies: [
                "Archive", "Capture", "Chronicle", "Compression", "Domain", "Platform", "Redis", "SecondCopy",
                "Settings", "Storage", "Transcripts", "Vault",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Operations",
            dependencies: [
                "Archive", "Authentication", "Capture", "Chronicle", "Domain", "Integrity", "LanguageModel",
                "Redaction", "Redis", "Platform", "SecondCopy", "Settings", "Storage", "Transcripts", "Vault",
            ], resources: [.embedInCode("Status/status.schema.json")]),
        .target(
            name: "ToolServer",
            dependencies: [
                "Capture", "Domain", "Operations", "Redis", "Platform", "Settings", "Storage", "Threads",
            ]),
        .target(
            name: "Dispatcher",
            dependencies: [
                "Domain", "Operations", "Platform", "Redis", "Settings", "Storage", "Transcripts",
            ]),
        .target(
            name: "Companion",
            dependencies: [
                "Archive", "Capture", "Chronicle", "Domain", "Integrity", "LanguageModel", "Providers", "Redaction",
                "SecondCopy", "Redis", "Platform", "Settings", "Storage", "Threads", "Transcripts", "Vault",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "Relay",
            dependencies: [
                "Domain", "Platform",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "Dashboard",
            dependencies: [
                "Authentication", "Domain", "Operations", "Platform", "Settings", "Storage", "Threads", "Transcripts",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], resources: [.embedInCode("Assets")]),
        .target(
            name: "CompanionProgram",
            dependencies: [
                "Companion", "Dashboard", "Domain", "Operations", "Providers", "Redis", "Relay", "Platform", "Settings",
                "Storage",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "holdfast-hook", dependencies: ["Capture", "Domain", "Hooks", "Platform", "Settings", "Storage"]),
        .executableTarget(
            name: "holdfast",
            dependencies: [
                "Capture", "CompanionProgram", "Dispatcher", "Domain", "LanguageModel", "Operations", "Platform",
                "Redaction", "Settings", "Storage", "ToolServer", "Transcripts",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "holdfast-companion", dependencies: ["CompanionProgram"]),
        .executableTarget(
            name: "registry-rates", dependencies: ["Domain", "Redis", "Platform", "Storage"],
            path: "Benchmarks/registry-rates"),
        .executableTarget(
            name: "drain-rates",
            dependencies: [
                "Archive", "Companion", "Domain", "LanguageModel", "Redis", "Platform", "Providers", "Settings",
                "Storage",
                .product(name: "Logging", package: "swift-log"),
            ], path: "Benchmarks/drain-rates"),
        .executableTarget(
            name: "archive-rates", dependencies: ["Archive", "Domain"], path: "Benchmarks/archive-rates"),
        .executableTarget(
            name: "vault-rates", dependencies: ["Domain", "Platform", "Settings", "Transcripts", "Vault"],
            path: "Benchmarks/vault-rates"),
        .executableTarget(
            name: "fuzz", dependencies: ["Domain", "Redaction", "Platform", "Settings", "Transcripts"],
            path: "Tests/Fuzz"),
        .target(
            name: "TestSupport",
            dependencies: [
                "Domain", "Platform", "Redis", "Settings",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport"
        ),
        .executableTarget(
            name: "scripted-model", dependencies: ["TestSupport"], path: "Tests/ScriptedModel"),
        .executableTarget(
            name: "sample-tools", dependencies: ["Domain", "ToolServer"], path: "Tests/SampleTools"),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Authentication", "Dashboard", "Domain", "Operations", "Redis", "Platform", "Settings", "Storage",
                "TestSupport",
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], exclude: ["Fixtures"]),
        .testTarget(name: "ToolServerTests", dependencies: ["Domain", "ToolServer"]),
        .testTarget(name: "AuthenticationTests", dependencies: ["Authentication"]),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "TestSupport"]),
        .testTarget(name: "PlatformTests", dependencies: ["Platform", "Domain"]),
        .testTarget(name: "SettingsTests", dependencies: ["Domain", "Platform", "Settings", "TestSupport"]),
        .testTarget(name: "ThreadsTests", dependencies: ["Threads"]),
        .testTarget(name: "RedisTests", dependencies: ["Domain", "Redis", "TestSupport"]),
        .testTarget(
            name: "RelayTests",
            dependencies: [
                "Domain", "Platform", "Redis", "Relay", "TestSupport", "Threads",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Domain", "Platform", "Redis", "Settings", "Storage", "TestSupport"]),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Archive", "Chronicle", "Domain", "LanguageModel", "Operations", "Redis", "Platform", "Settings",
                "Storage",
                "TestSupport", "Transcripts", "Vault",
            ]),
        .testTarget(name: "RedactionTests", dependencies: ["Redaction"]),
        .testTarget(
            name: "LanguageModelTests",
            dependencies: ["Domain", "LanguageModel", "Redaction", "Settings", "TestSupport"]),
        .testTarget(
            name: "ProvidersTests",
            dependencies: [
                "Domain", "LanguageModel", "Providers", "Redaction", "Settings", "TestSupport",
            ]),
        .testTarget(
            name: "ArchiveTests",
            dependencies: ["Archive", "Domain", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(
            name: "IntegrityTests",
            dependencies: [
                "Archive", "Chronicle", "Domain", "Integrity", "Platform", "Redis", "SecondCopy", "Settings",
                "Storage", "TestSupport", "Transcripts",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "ChronicleTests",
            dependencies: [
                "Chronicle", "Domain", "Platform", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "VaultTests",
            dependencies: [
                "Compression", "Domain", "Platform", "Settings", "TestSupport", "Transcripts", "Vault",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "SecondCopyTests", dependencies: ["Domain", "Platform", "SecondCopy", "TestSupport", "Threads"]),
        .testTarget(
            name: "TranscriptsTests",
            dependencies: ["Domain", "Platform", "Redaction", "Settings", "TestSupport", "Transcripts"]),
        .testTarget(name: "HooksTests", dependencies: ["Domain", "Hooks", "Platform", "Settings", "TestSupport"]),
        .testTarget(
            name: "CaptureTests",
            dependencies: [
                "Capture", "Domain", "Platform", "Redaction", "Redis", "Settings", "Storage", "TestSupport",
                "Transcripts",
            ]),
        .testTarget(
            name: "CompanionTests",
            dependencies: [
                "Archive", "Authentication", "Capture", "Companion", "Domain", "LanguageModel", "Redis", "Platform",
                "Settings", "Storage", "TestSupport", "Transcripts", "Vault",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Archive", "Chronicle", "Dashboard", "Domain", "Platform", "Redis", "Settings", "Storage",
                "TestSupport",
                "Transcripts", "Vault", "holdfast", "holdfast-hook", "holdfast-companion",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
