import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Redis forgets whose a pool is, while the archives of two hosts are there.
@Suite struct ForgottenOwnerTests {
    @Test func theOneWhoHadItGoesFirst() async throws {
        try await CompanionHouse.run { house in
            // Of the same pool on another host: a state folder and an archive of its own.
            let guest = try CompanionHouse(url: house.url, model: house.model, host: house.host)
            try await house.companion("first") {
                let said = try await house.push(4)
                try await house.waitForMemories(4)
                try await house.waitUntilEmpty()
                let id = try house.archive().id
                try await guest.companion("second") {
                    try await eventually("the second looks on") { guest.log.contains("is on another host") }
                    _ = try house.redis { try $0.send(["FLUSHALL"]) }
                    try await eventually("the pool is the first's again") {
                        try house.isOwner("first")
                            && house.redis { try $0.send(["GET", house.queue.keys.archive]).text } == id
                    }
                    let more = try await house.push(2)
                    try await house.waitForMemories(6)
                    try await house.waitUntilEmpty()
                    try house.expectNothingLost(said + more)
                    #expect(!guest.log.contains("owned by this companion"))
                    #expect(!Files.exists(guest.archivePath))
                }
            }
        }
    }

    @Test func anEmptyFileThatWasFasterGivesItBack() async throws {
        try await CompanionHouse.run { house in
            let guest = try CompanionHouse(url: house.url, model: house.model, host: house.host)
            try await house.companion("first") {
                let said = try await house.push(4)
                try await house.waitForMemories(4)
                try await house.waitUntilEmpty()
                let id = try house.archive().id
                _ = try house.redis { try $0.send(["FLUSHALL"]) }
                // New to the pool: it knows of nobody.
                try await guest.companion("second") {
                    try await eventually("the pool is the first's again") {
                        try house.isOwner("first")
                            && house.redis { try $0.send(["GET", house.queue.keys.archive]).text } == id
                    }
                    let more = try await house.push(2)
                    try await house.waitForMemories(6)
                    try await house.waitUntilEmpty()
                    try house.expectNothingLost(said + more)
                }
            }
        }
    }
}
