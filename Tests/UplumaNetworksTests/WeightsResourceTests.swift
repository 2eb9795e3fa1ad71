import Foundation
import Testing
import UplumaNetworks

@Suite struct WeightsResourceTests {
    @Test("shipped weights are found beside the test program")
    func shipped() throws {
        #expect(FileManager.default.fileExists(atPath: try WeightsResource.path(of: "sp-vdsr.safetensors")))
    }

    @Test("the user's folder comes first, then the bundle, then ../share/upluma")
    func order() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("upluma-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let places = ["bin/Upluma_UplumaNetworks.resources/Resources", "share/upluma", "mine"]
        for place in places {
            let folder = root.appendingPathComponent(place)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data().write(to: folder.appendingPathComponent("w"))
        }
        let program = root.appendingPathComponent("bin").path
        func found(override: String?) throws -> String {
            let path = try WeightsResource.path(of: "w", override: override, executableFolders: [program])
            return URL(fileURLWithPath: path).deletingLastPathComponent().path
        }
        func folder(_ place: String) -> String { root.appendingPathComponent(place).standardizedFileURL.path }
        #expect(try found(override: folder("mine")) == folder(places[2]))
        #expect(try found(override: nil) == folder(places[0]))
        #expect(try found(override: "") == folder(places[0]))
        #expect(try found(override: folder("elsewhere")) == folder(places[0]))
        try FileManager.default.removeItem(atPath: folder(places[0]))
        #expect(try found(override: nil) == folder(places[1]))
    }

    @Test("an error says where it looked and what to set")
    func missing() {
        let error = #expect(throws: WeightsError.self) {
            try WeightsResource.path(of: "w", override: "/mine", executableFolders: ["/opt/bin"])
        }
        #expect(error?.code == .notFound)
        for word in ["/mine/w", "/opt/bin/Upluma_UplumaNetworks.resources/Resources/w", "/opt/share/upluma/w"] {
            #expect(error?.description.contains(word) == true, "\(word)")
        }
        #expect(error?.remedy.contains("UPLUMA_WEIGHTS") == true)
    }
}
