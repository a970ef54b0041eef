import Foundation
import MallocCounter

/// Prints one line a case, "<allocations in its steps> <case>", and fails if one is not 0.
///
/// With the argument `witness` the only case is one whose last step allocates, so that it must fail.
///
/// It is a program of its own because the counter takes the place of malloc for the whole process,
/// and because only a release build is expected to allocate nothing.
guard mc_is_supported() == 1 else {
  print("skipped: allocations cannot be counted on this system")
  exit(0)
}
// A counter that counts nothing would pass everything.
mc_arm()
let witness = [Int](repeating: 1, count: 100)
guard mc_disarm() > 0, witness.count == 100 else {
  print("the counter does not count")
  exit(2)
}
var isClean = true
let isWitness = CommandLine.arguments.dropFirst().first == "witness"
for probe in isWitness ? [Probe.witness] : Probe.all {
  let allocations = probe.allocations()
  print("\(allocations) \(probe.name)")
  isClean = isClean && allocations == 0
}
for probe in isWitness ? [] : SentenceProbe.all {
  let allocations = probe.allocations()
  print("\(allocations) \(probe.name)")
  isClean = isClean && allocations == 0
}
if !isWitness {
  let probe = EntryProbe()
  let allocations = probe.allocations()
  print("\(allocations) \(probe.name)")
  isClean = isClean && allocations == 0
}
for probe in isWitness ? [] : ReviewProbe.all {
  let allocations = probe.allocations()
  print("\(allocations) \(probe.name)")
  isClean = isClean && allocations == 0
}
for probe in isWitness ? [] : [RankProbe(), RankProbe(ownsRows: true)] {
  let allocations = probe.allocations()
  print("\(allocations) \(probe.name)")
  isClean = isClean && allocations == 0
}
exit(isClean ? 0 : 1)
