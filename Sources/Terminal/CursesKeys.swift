internal import CCurses

/// The keys behind the codes of curses.
let cursesKeys: [Int32: Key] = {
  var keys: [Int32: Key] = [
    KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right,
    KEY_HOME: .home, KEY_FIND: .home, KEY_END: .end, KEY_SELECT: .end, KEY_LL: .end,
    KEY_PPAGE: .pageUp, KEY_NPAGE: .pageDown, KEY_DC: .delete, KEY_IC: .insert,
    KEY_BACKSPACE: .backspace, KEY_BTAB: .backTab, KEY_ENTER: .enter, KEY_RESIZE: .resize,
    KEY_SR: .up, KEY_SF: .down, KEY_SLEFT: .left, KEY_SRIGHT: .right,
    KEY_SHOME: .home, KEY_SEND: .end, KEY_A1: .home, KEY_C1: .end,
    KEY_A3: .pageUp, KEY_C3: .pageDown,
  ]
  for number in 1...24 { keys[cc_key_function(Int32(number))] = .function(number) }
  return keys
}()
