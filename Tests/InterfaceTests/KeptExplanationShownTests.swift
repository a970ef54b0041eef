import Runs
import Testing

@testable import Interface

/// What a snapshot no longer has, since nobody looked, is shown with its step until the next one comes.
@Suite struct KeptExplanationShownTests {
  @Test func anExplanationStaysWhenTheScreenWasLeft() {
    var app = Fixture.explainApp()
    let known = app.desk.run.snapshot.explanation
    #expect(known != nil)
    var newest = app.desk.run.snapshot
    newest.explanation = nil
    newest.step += 1
    _ = app.update(.snapshot(newest))
    #expect(app.desk.run.snapshot.explanation == known)
    newest.explanation = known
    newest.explanation?.step = newest.step
    _ = app.update(.snapshot(newest))
    #expect(app.desk.run.snapshot.explanation?.step == newest.step)
  }
}
