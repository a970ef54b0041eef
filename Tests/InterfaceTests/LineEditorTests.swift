import Terminal
import Testing

@testable import Interface

@Suite struct LineEditorTests {
  @Test func firstCharacterTakesThePlaceOfAProposal() {
    var editor = LineEditor(proposing: "1")
    #expect(editor.text == "1")
    for character in "0.5" { _ = editor.handle(.character(character)) }
    #expect(editor.text == "0.5")
  }

  @Test func aProposalThatIsMovedInIsKept() {
    var editor = LineEditor(proposing: "1.5")
    _ = editor.handle(.backspace)
    _ = editor.handle(.character("2"))
    #expect(editor.text == "1.2")
  }
}
