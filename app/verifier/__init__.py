"""Whether a paper, a credential or a number is genuine and says what is so today: for anybody, with nothing but what is published."""
