package maia.tensor.data;

import java.util.ArrayList;
import java.util.List;
import maia.numerics.Dmath;
import maia.numerics.Philox;

/// Writes one story and counts the stories it could have been.
final class Teller {
  /// Random numbers set apart for one story.
  private static final int DRAWS = 64;

  private static final int FRIENDS = 2;

  private final long seed;
  private final long first;
  private final List<String> words = new ArrayList<>();
  private int draws;
  private long alternatives = 1;

  Teller(long seed, long number) {
    this.seed = seed;
    this.first = number * DRAWS;
  }

  /// The negative logarithm of the probability of what was written.
  double nats() {
    return Dmath.log(alternatives);
  }

  /// One of `count` numbers, each as likely to within 2^-32.
  private int choose(int count) {
    alternatives *= count;
    return (int)
        (Integer.toUnsignedLong(Philox.next(seed, first + draws++, 0)) * count >>> Integer.SIZE);
  }

  private String choose(List<String> words) {
    return words.get(choose(words.size()));
  }

  /// One of `words` that is not `taken`.
  private String other(List<String> words, String taken) {
    int index = choose(words.size() - 1);
    return words.get(index < words.indexOf(taken) ? index : index + 1);
  }

  private void say(String text) {
    words.addAll(List.of(text.split(" ")));
  }

  List<String> story() {
    String[] name = new String[FRIENDS];
    String[] place = new String[FRIENDS];
    String[] thing = new String[FRIENDS];
    String trait = choose(Stories.TRAITS);
    name[0] = choose(Stories.NAMES);
    String secondTrait = other(Stories.TRAITS, trait);
    name[1] = other(Stories.NAMES, name[0]);
    say("once there were %s %s and %s %s .".formatted(trait, name[0], secondTrait, name[1]));
    boolean inTurn = choose(2) == 0;
    for (int i = 0; i < FRIENDS; i++) {
      place[i] = choose(Stories.PLACES);
      thing[i] = choose(Stories.THINGS);
    }
    for (int i = 0; i < 2 * FRIENDS; i++) {
      int who = inTurn ? i / 2 : i % 2;
      boolean lives = inTurn ? i % 2 == 0 : i < FRIENDS;
      say(
          lives
              ? "%s lived in the %s .".formatted(name[who], place[who])
              : "%s liked %s .".formatted(name[who], thing[who]));
    }
    journey(name, place);
    questions(name, place, thing);
    say("the end .");
    return List.copyOf(words);
  }

  private void journey(String[] name, String[] place) {
    int who = choose(FRIENDS);
    place[who] = other(Stories.PLACES, place[who]);
    String weather = choose(Stories.WEATHER);
    say("one %s day %s went to the %s .".formatted(weather, name[who], place[who]));
    String found = choose(Stories.THINGS);
    int some = choose(10);
    int more = choose(10);
    int sum = some + more;
    say("there %s found %d %s and then %d more .".formatted(name[who], some, found, more));
    say("now %s had %d %d %s .".formatted(name[who], sum / 10, sum % 10, found));
  }

  private void questions(String[] name, String[] place, String[] thing) {
    int asked = choose(FRIENDS);
    say("where was %s ? in the %s .".formatted(name[asked], place[asked]));
    int other = choose(FRIENDS);
    say("what did %s like ? %s .".formatted(name[other], thing[other]));
  }
}
