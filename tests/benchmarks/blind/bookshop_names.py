"""What is written by hand in `bookshop`: its catalogue, its shops and their staff, and names."""

# Code, label, for adults.
GENRES = """
FIC|Fiction|Y
CRI|Crime|Y
SFF|Science Fiction|Y
HIS|History|Y
BIO|Memoir|Y
BUS|Business|Y
COO|Cookery|Y
TRA|Travel|Y
POE|Poetry|Y
CHI|Children|N
TEE|Teenage|N
NAT|Nature|Y
"""
# Author, country, born; title, genre and year of each book. A line that begins with spaces continues.
BOOKS = """
Deborah Levy|South Africa|1959|The Cost of Living,BIO,2018;Swimming Home,FIC,2011;Real Estate,BIO,2021;
    Hot Milk,FIC,2016
Andre Agassi|United States|1970|Open,BIO,2009
Zadie Smith|England|1975|Swing Time,FIC,2016;White Teeth,FIC,2000;On Beauty,FIC,2005;Grand Union,FIC,2019
Rachel Cusk|Canada|1967|Outline,FIC,2014;Transit,FIC,2016;Second Place,FIC,2021;Kudos,FIC,2018
Martin Amis|England|1949|Money,FIC,1984;London Fields,FIC,1989;The Information,FIC,1995;Experience,BIO,2000
Sally Rooney|Ireland|1991|Normal People,FIC,2018;Beautiful World Where Are You,FIC,2021;Intermezzo,FIC,2024
Claire Keegan|Ireland|1968|Small Things Like These,FIC,2021;Foster,FIC,2010;So Late in the Day,FIC,2023
Stephen King|United States|1947|It,CRI,1986;The Stand,SFF,1978;Misery,CRI,1987;The Outsider,CRI,2018
Jo Nesbø|Norway|1960|The Snowman,CRI,2007;The Son,CRI,2014;Police,CRI,2013;Knife,CRI,2019
Karl Ove Knausgård|Norway|1968|A Death in the Family,FIC,2009;Boyhood Island,FIC,2010;Spring,BIO,2016;
    Winter,BIO,2015
Gabriel García Márquez|Colombia|1927|Love in the Time of Cholera,FIC,1985;
    One Hundred Years of Solitude,FIC,1967;Living to Tell the Tale,BIO,2002
Émile Zola|France|1840|Germinal,FIC,1885;The Kill,FIC,1891;The Ladies' Paradise,FIC,1883
Annie Ernaux|France|1940|The Years,BIO,2008;A Man's Place,BIO,1983;Happening,BIO,2000
Charlotte Brontë|England|1816|Jane Eyre,FIC,1847;Villette,FIC,1853;Shirley,FIC,1849
Emily Brontë|England|1818|Wuthering Heights,FIC,1847;Poems of Emily,POE,1846
Jane Austen|England|1775|Emma,FIC,1815;Persuasion,FIC,1817;Pride and Prejudice,FIC,1813;
    Sense and Sensibility,FIC,1811
Ali Smith|Scotland|1962|Autumn,FIC,2016;Summer,FIC,2020;How to Be Both,FIC,2014;The Accidental,FIC,2005
Ian Rankin|Scotland|1960|Black and Blue,CRI,1997;Resurrection Men,CRI,2002;Knots and Crosses,CRI,1987;
    A Question of Blood,CRI,2003
Val McDermid|Scotland|1955|Past Lying,CRI,2023;A Place of Execution,CRI,1999;Still Life,CRI,2020
Agatha Christie|England|1890|Third Girl,CRI,1966;The Hollow,CRI,1946;Death on the Nile,CRI,1937;
    Endless Night,CRI,1967;The Clocks,CRI,1963
Dorothy L. Sayers|England|1893|Gaudy Night,CRI,1935;Strong Poison,CRI,1930;The Nine Tailors,CRI,1934
Ursula K. Le Guin|United States|1929|The Dispossessed,SFF,1974;The Left Hand of Darkness,SFF,1969;
    A Wizard of Earthsea,TEE,1968
Hugh Howey|United States|1975|Wool,SFF,2011;Shift,SFF,2013;Dust,SFF,2013
Andy Weir|United States|1972|The Martian,SFF,2011;Project Hail Mary,SFF,2021;Artemis,SFF,2017
Iain M. Banks|Scotland|1954|Excession,SFF,1996;Matter,SFF,2008;Use of Weapons,SFF,1990;
    The Player of Games,SFF,1988
Stanisław Lem|Poland|1921|Solaris,SFF,1961;Return from the Stars,SFF,1961;The Invincible,SFF,1964
Olga Tokarczuk|Poland|1962|Flights,FIC,2007;The Books of Jacob,FIC,2014;The Empusium,FIC,2022
Mary Beard|England|1955|SPQR,HIS,2015;Women and Power,HIS,2017;Emperor of Rome,HIS,2023
Antony Beevor|England|1946|Stalingrad,HIS,1998;Berlin,HIS,2002;Crete,HIS,1991;Russia,HIS,2022
Simon Schama|England|1945|Citizens,HIS,1989;Landscape and Memory,HIS,1995;Foreign Bodies,HIS,2023
Peter Frankopan|England|1971|The Silk Roads,HIS,2015;The Earth Transformed,HIS,2023
Michelle Obama|United States|1964|Becoming,BIO,2018;The Light We Carry,BIO,2022
Patti Smith|United States|1946|Just Kids,BIO,2010;M Train,BIO,2015;Year of the Monkey,BIO,2019
Jim Collins|United States|1958|Good to Great,BUS,2001;Built to Last,BUS,1994
Daniel Kahneman|Israel|1934|Noise,BUS,2021;Thinking Fast and Slow,BUS,2011
Eric Ries|United States|1978|The Lean Startup,BUS,2011
Kim Scott|United States|1967|Radical Candor,BUS,2017
Yotam Ottolenghi|Israel|1968|Simple,COO,2018;Plenty,COO,2010;Jerusalem,COO,2012;Flavour,COO,2020;
    Comfort,COO,2024
Nigel Slater|England|1956|Appetite,COO,2000;Tender,COO,2009;Toast,BIO,2003;A Thousand Feasts,COO,2024
Nigella Lawson|England|1960|How to Eat,COO,1998;Feast,COO,2004;Kitchen,COO,2010
Bill Bryson|United States|1951|Down Under,TRA,2000;Notes from a Small Island,TRA,1995;At Home,HIS,2010;
    One Summer,HIS,2013;The Body,NAT,2019
Colin Thubron|England|1939|In Siberia,TRA,1999;Shadow of the Silk Road,TRA,2006
Dervla Murphy|Ireland|1931|Full Tilt,TRA,1965;Wheels within Wheels,BIO,1979
Jan Morris|Wales|1926|Venice,TRA,1960;Trieste and the Meaning of Nowhere,TRA,2001
Wisława Szymborska|Poland|1923|View with a Grain of Sand,POE,1995;Here,POE,2009
Seamus Heaney|Ireland|1939|North,POE,1975;Field Work,POE,1979;Seeing Things,POE,1991;
    District and Circle,POE,2006
Carol Ann Duffy|Scotland|1955|Rapture,POE,2005;The World's Wife,POE,1999;Mean Time,POE,1993
Rainer Maria Rilke|Austria|1875|Duino Elegies,POE,1923;New Poems,POE,1907
Roald Dahl|Wales|1916|Matilda,CHI,1988;The Twits,CHI,1980;The BFG,CHI,1982;Boy,BIO,1984
Astrid Lindgren|Sweden|1907|Pippi Longstocking,CHI,1945;The Brothers Lionheart,CHI,1973;
    Seacrow Island,CHI,1964
Tove Jansson|Finland|1914|Finn Family Moomintroll,CHI,1948;The Summer Book,FIC,1972;Fair Play,FIC,1989
Jacqueline Wilson|England|1945|Girls in Love,TEE,1997;Midnight,CHI,2003;Think Again,FIC,2024;Queenie,CHI,2013
Julia Donaldson|England|1948|Room on the Broom,CHI,2001;Zog,CHI,2010;Stick Man,CHI,2008;The Gruffalo,CHI,1999
Philip Pullman|England|1946|Northern Lights,TEE,1995;The Subtle Knife,TEE,1997;The Amber Spyglass,TEE,2000
Malorie Blackman|England|1962|Noughts and Crosses,TEE,2001;Boys Don't Cry,TEE,2010;Just Sayin',BIO,2022
Patrick Ness|United States|1971|Release,TEE,2017;More Than This,TEE,2013;A Monster Calls,TEE,2011
Robert Macfarlane|England|1976|Landmarks,NAT,2015;Underland,NAT,2019;The Old Ways,NAT,2012;
    The Wild Places,NAT,2007
Helen Macdonald|England|1970|H is for Hawk,NAT,2014;Vesper Flights,NAT,2020
Merlin Sheldrake|England|1987|Entangled Life,NAT,2020
James Rebanks|England|1974|English Pastoral,NAT,2020;The Place of Tides,NAT,2024
Haruki Murakami|Japan|1949|After Dark,FIC,2004;Norwegian Wood,FIC,1987;Kafka on the Shore,FIC,2002;
    What I Talk About When I Talk About Running,BIO,2007
Kazuo Ishiguro|Japan|1954|Never Let Me Go,FIC,2005;The Remains of the Day,FIC,1989;Nocturnes,FIC,2009
Toni Morrison|United States|1931|Home,FIC,2012;Love,FIC,2003;Beloved,FIC,1987;Paradise,FIC,1997;Jazz,FIC,1992
Anne Enright|Ireland|1962|The Gathering,FIC,2007;Actress,FIC,2020;The Wren The Wren,FIC,2023
José Saramago|Portugal|1922|Blindness,FIC,1995;Seeing,FIC,2004;All the Names,FIC,1997
Mikhail Bulgakov|Ukraine|1891|The Master and Margarita,FIC,1967;The White Guard,FIC,1925
"""
# City.
PUBLISHERS = """
Faber & Faber|London
Penguin|London
Vintage|London
Canongate|Edinburgh
Granta|London
Bloomsbury|London
Walker Books|London
Picador|London
Éditions du Rivage|Nice
Open Door Press|Bath
Birlinn|Edinburgh
Polygon|Edinburgh
Serpent's Tail|London
Honno|Aberystwyth
Lilliput|Dublin
"""
# City, opened, has a café.
SHOPS = """
The Corner|Bath|1998-04-18|1
Second Chapter|Reading|2009-09-05|0
Harbour Books|Deal|2021-05-22|1
"""
# Shop, job, hired, left, has a key.
STAFF = """
Siân|Hughes|1|manager|1999-02-01||1
Tom|Ahmed|1|bookseller|2012-06-11||1
Renée|Marchand|1|bookseller|2019-09-02||0
Bill|Short|1|barista|2021-03-15|2023-07-31|0
Grace|Bell|2|manager|2010-01-18||1
Jörg|Lindner|2|bookseller|2016-10-03||1
Priya|Nair|2|bookseller|2020-08-24|2024-02-29|1
May|Reader|2|bookseller|2024-03-04||0
Connor|O'Neill|3|manager|2021-04-19||1
Lucía|Peña|3|bookseller|2021-05-10||0
Mark|Page|3|barista|2022-02-07||0
Faith|Okafor|3|bookseller|2022-11-21|2024-06-14|1
"""
# City, status.
SUPPLIERS = """
Gardners|Eastbourne|active
Bertram Trade|Norwich|inactive
Northern Light Books|Newcastle|active
Direct from Print|Bath|active
Remainders & Co|Reading|active
Small Press Hub|Bristol|inactive
Atlantic Wholesale|Cork|active
Paper Boat|Deal|inactive
"""
FIRST = """
Hannah|Oliver|Chloé|Amir|Jack|Zoë|Daniel|Rose|Hope|Søren|Joy|Will|Mark|Dawn|Ivy|Frank|Grace|Sofía
Łukasz|Emma|Noah|Aoife|Raúl|Ingrid|Peter|Fatima|Leon|Martha|George|Anaïs|Kenji|Bethan|Callum|Nadia
Sophie|Ravi|Pat|Jonas|Christine|Art
"""
LAST = """
Baker|Ångström|Young|Price|Day|Müller|Singh|Best|Kowalski|García|Green|O'Brien|Walsh|Nguyen|Summers
London|Hill|Lefèvre|Bishop|Carter|Cook|Novák|Rich|Sharp|Wright|Patel|Évrard|Fox|Nielsen|Small|Banks
Newman|Roy|West|Mac Giolla|Stone|Weiß|Long|Reid|Moore
"""
# Some more often than others.
CITIES = """
Bath|Bath|Bath|Reading|Reading|Reading|Deal|Deal|Bristol|Wells|London|Sandwich|Oxford|Frome|Newbury
Dover|Canterbury|Street|Münster|Cork
"""
# {a} is an author, {t} a book.
EVENTS = """
An Evening with {a}|{a} in Conversation|Book Club: {t}|Reading and Signing: {t}|Poetry Open Mic
Children's Story Morning|Launch Night: {t}|Write Your Own Story|Quiz Night|Winter Warmers
"""
