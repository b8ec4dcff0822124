"""Steps of one question on its way; `sqloop.assistant` goes through them."""
