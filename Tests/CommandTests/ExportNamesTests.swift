import Testing

@testable import mtl_tui

@Suite("Names of exported files") struct ExportNamesTests {
  @Test("names that look alike in a path have a file each") func alike() {
    var names = ExportNames()
    #expect(names.file("a b", "csv") == "a_b.csv")
    #expect(names.file("a_b", "csv") == "a_b-2.csv")
    #expect(names.file("A/B", "csv") == "A_B-3.csv")
    #expect(names.file("a_b", "npy") == "a_b.npy")
    let long = String(repeating: "x", count: 120)
    #expect(names.file(long + "1", "csv") == long + ".csv")
    #expect(names.file(long + "2", "csv") == long + "-2.csv")
  }
}
