"""Words of libraries and schools, inflected by hand: the first form of each line is the one in a dictionary."""

LEXEMES = """
biblioteka biblioteki bibliotece bibliotekę biblioteką biblioteko bibliotek bibliotekom bibliotekami bibliotekach
książka książki książce książkę książką książek książkom książkami książkach
czytelnik czytelnika czytelnikowi czytelnikiem czytelniku czytelnicy czytelników czytelnikom czytelnikami czytelnikach
czytelniczka czytelniczki czytelniczce czytelniczkę czytelniczką czytelniczek czytelniczkom czytelniczkami
bibliotekarz bibliotekarza bibliotekarzowi bibliotekarzem bibliotekarze bibliotekarzy bibliotekarzom bibliotekarzami
nauczyciel nauczyciela nauczycielowi nauczycielem nauczyciele nauczycieli nauczycielom nauczycielami nauczycielach
nauczycielka nauczycielki nauczycielce nauczycielkę nauczycielką nauczycielek nauczycielkom
uczeń ucznia uczniowi uczniem uczniu uczniowie uczniów uczniom uczniami uczniach
szkoła szkoły szkole szkołę szkołą szkół szkołom szkołami szkołach
lekcja lekcji lekcję lekcją lekcje lekcjom lekcjami lekcjach
zajęcia zajęć zajęciom zajęciami zajęciach
warsztat warsztatu warsztatowi warsztatem warsztacie warsztaty warsztatów warsztatom warsztatami warsztatach
scenariusz scenariusza scenariuszowi scenariuszem scenariusze scenariuszy scenariuszom scenariuszami
półka półki półce półkę półką półek półkom półkami półkach
regał regału regałowi regałem regale regały regałów regałom regałami
katalog katalogu katalogowi katalogiem katalogi katalogów katalogom katalogami katalogach
źródło źródła źródłu źródłem źródle źródeł źródłom źródłami źródłach
dziecko dziecka dziecku dzieckiem dzieci dzieciom dziećmi dzieciach
rodzic rodzica rodzicowi rodzicem rodzice rodziców rodzicom rodzicami
spotkanie spotkania spotkaniu spotkaniem spotkań spotkaniom spotkaniami spotkaniach
pytanie pytania pytaniu pytaniem pytań pytaniom pytaniami
odpowiedź odpowiedzi odpowiedzią odpowiedziom odpowiedziami odpowiedziach
wypożyczalnia wypożyczalni wypożyczalnię wypożyczalnią wypożyczalnie wypożyczalniom
podręcznik podręcznika podręcznikowi podręcznikiem podręczniki podręczników podręcznikom
tydzień tygodnia tygodniowi tygodniem tygodniu tygodnie tygodni tygodniom
miasto miasta miastu miastem mieście miast miastom miastami miastach
gmina gminy gminie gminę gminą gmin gminom gminami
powiat powiatu powiatowi powiatem powiecie powiaty powiatów
ręka ręki ręce rękę ręką rąk rękom rękami
kościół kościoła kościołowi kościołem kościele kościoły kościołów
człowiek człowieka człowiekowi człowiekiem człowieku ludzie ludzi ludziom ludźmi
łąka łąki łące łąkę łąką łąk łąkom łąkami
święto święta świętu świętem święcie świąt świętom świętami
Łódź Łodzi Łodzią
Kraków Krakowa Krakowowi Krakowem Krakowie
Gdańsk Gdańska Gdańskowi Gdańskiem Gdańsku
szkolny szkolnego szkolnemu szkolnym szkolna szkolnej szkolną szkolne szkolnych szkolnymi
biblioteczny bibliotecznego bibliotecznemu bibliotecznym biblioteczna bibliotecznej biblioteczną biblioteczne bibliotecznych
nowy nowego nowemu nowym nowa nowej nową nowe nowych nowymi nowi
dobry dobrego dobremu dobra dobrej dobrych lepszy lepsza lepszych najlepszy najlepsze
czytać czytam czytasz czyta czytamy czytacie czytają czytał czytała czytali czytały czytałam czytałem czytaliśmy czytałyśmy czytając
pożyczyć pożyczę pożyczysz pożyczy pożyczymy pożyczą pożyczył pożyczyła pożyczyli pożyczyłam pożyczylibyśmy
prowadzić prowadzę prowadzisz prowadzi prowadzimy prowadzą prowadził prowadziła prowadziliśmy prowadzący
pisać piszę pisze piszemy piszą pisał pisała pisali pisałbym pisałaby
mieć mam masz ma mamy mają miał miała mieliśmy miałaby
iść idę idzie idziemy idą szedł szła szli
"""
BY_HAND = tuple(tuple(line.split()) for line in LEXEMES.strip().split("\n"))
# (typed, not to be found by it)
APART = (
    ("biblioteka", "bibliografia"), ("książka", "księżna"), ("uczeń", "uczelnia"), ("lekcja", "lektura"), ("półka", "półtora"), ("katalog", "kataliza"),
    ("szkoła", "szkoda"), ("gmina", "gmach"), ("ręka", "rękaw"), ("miasto", "ciasto"), ("pytanie", "pyton"), ("źródło", "źrebię"), ("regał", "regaty"),
    ("tydzień", "tygrys"), ("dziecko", "dzik"), ("nowy", "nowela"), ("spotkanie", "spód"), ("rodzic", "rodzynki"), ("powiat", "powidła"), ("Gdańsk", "Gdynia"),
)  # fmt: skip
