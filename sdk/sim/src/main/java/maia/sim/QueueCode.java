package maia.sim;

import java.util.Map;
import maia.npl.Engine;

/// The control stream of one queue.
///
/// @param engine its engine
/// @param name the queue's name
/// @param steps what the control processor executes
/// @param registers how many registers it needs
/// @param builtins registers of the built-in names
record QueueCode(
    Engine engine, String name, Step[] steps, int registers, Map<String, Integer> builtins) {}
