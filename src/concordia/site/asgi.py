"""What the server serves: Django behind an entrance where nobody waits for who is slow."""

from concordia.site.entrance import Entrance
from concordia.site.wsgi import application as pages

application = Entrance(pages)
