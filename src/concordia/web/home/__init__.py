"""The first pages: choosing an alliance, Today, starting one, and what every site must say."""
